import * as ort from 'onnxruntime-web/wasm'
import { parseModelConfig } from './model-config.ts'
import type { LoadedModel } from './score-text.ts'
import { createTokenize, specialTokens } from './tokenize.ts'

export type WebModelFiles = {
  /** `ort-wasm-simd-threaded.wasm`, compiled when the Worker was deployed. */
  readonly wasm: WebAssembly.Module
  readonly onnx: Uint8Array
  readonly config: unknown
  readonly tokenizer: object
  readonly tokenizerConfig: object
}

/** Loads the same model files where there is no Node: onnxruntime-web in one thread. */
export async function loadWebModel(files: WebModelFiles): Promise<LoadedModel> {
  answerInstantiateWith(files.wasm)
  ort.env.wasm.numThreads = 1
  // Any bytes keep the runtime from fetching the module; `instantiate` answers with the compiled one.
  ort.env.wasm.wasmBinary = new ArrayBuffer(8)
  const session = await ort.InferenceSession.create(files.onnx, { executionProviders: ['wasm'] })
  const tokenizerFiles = { tokenizer: files.tokenizer, config: files.tokenizerConfig }
  return {
    config: parseModelConfig(files.config, 'the bundle'),
    tokenize: createTokenize(tokenizerFiles),
    special: specialTokens(tokenizerFiles),
    run: async (inputIds) => {
      const shape = [1, inputIds.length]
      const outputs = await session.run({
        input_ids: new ort.Tensor('int64', BigInt64Array.from(inputIds, BigInt), shape),
        attention_mask: new ort.Tensor('int64', new BigInt64Array(inputIds.length).fill(1n), shape),
      })
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]),
      )
    },
  }
}

/** Workers refuse to compile WebAssembly from bytes at run time, and onnxruntime-web knows no other way. */
function answerInstantiateWith(wasm: WebAssembly.Module): void {
  const instantiate = WebAssembly.instantiate.bind(WebAssembly) as (
    source: WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) => Promise<WebAssembly.Instance>
  const answer = async (source: unknown, imports?: WebAssembly.Imports) =>
    source instanceof WebAssembly.Module
      ? instantiate(source, imports)
      : { instance: await instantiate(wasm, imports), module: wasm }
  Object.assign(WebAssembly, { instantiate: answer })
}
