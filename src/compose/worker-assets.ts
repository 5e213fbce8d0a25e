import { TriageError } from '../domain/errors.ts'
import type { LoadedModel } from '../scorers/local/score-text.ts'
import { loadWebModel } from '../scorers/local/load-web.ts'
import wasm from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'

/** The binding of the deployment's static files. The address of a request to it needs a host, any will do. */
export type Assets = { readonly fetch: (address: string) => Promise<Response> }

/** Reads the model's files from the static assets and makes them ready to run. */
export async function loadModelFrom(assets: Assets): Promise<LoadedModel> {
  const [config, tokenizer, tokenizerConfig, onnx] = await Promise.all([
    read(assets, 'config.json').then((file) => file.json()),
    read(assets, 'tokenizer.json').then((file) => file.json() as Promise<object>),
    read(assets, 'tokenizer_config.json').then((file) => file.json() as Promise<object>),
    read(assets, 'onnx/model_quantized.onnx').then((file) => file.arrayBuffer()),
  ])
  return loadWebModel({ wasm, config, tokenizer, tokenizerConfig, onnx: new Uint8Array(onnx) })
}

async function read(assets: Assets, name: string): Promise<Response> {
  const response = await assets.fetch(`https://assets.local/${name}`)
  if (response.ok) return response
  throw new TriageError('configuration', `the static asset ${name} answered ${response.status}`)
}
