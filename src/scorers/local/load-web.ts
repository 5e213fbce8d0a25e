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
  // What is wrong with the files shows before the runtime takes its memory.
  const config = parseModelConfig(files.config, 'the static assets')
  const tokenizerFiles = { tokenizer: files.tokenizer, config: files.tokenizerConfig }
  const tokenize = createTokenize(tokenizerFiles)
  const special = specialTokens(tokenizerFiles)

  answerInstantiateWith(files.wasm)
  ort.env.wasm.numThreads = 1
  // Any bytes keep the runtime from fetching the module; `instantiate` answers with the compiled one.
  ort.env.wasm.wasmBinary = new ArrayBuffer(8)
  const session = await ort.InferenceSession.create(files.onnx, {
    executionProviders: ['wasm'],
    enableCpuMemArena: false,
  })
  return {
    config,
    tokenize,
    special,
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

let answered = false

/** Workers refuse to compile WebAssembly from bytes at run time, and onnxruntime-web knows no other way. */
function answerInstantiateWith(wasm: WebAssembly.Module): void {
  if (answered) return
  answered = true
  const { instantiate } = WebAssembly
  const answer = async (source: unknown, imports?: WebAssembly.Imports) =>
    source instanceof WebAssembly.Module
      ? instantiate(source, imports)
      : { instance: await instantiate(wasm, imports), module: wasm }
  Object.assign(WebAssembly, { instantiate: answer })
}
