import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AutoModel, env, Tensor } from '@xenova/transformers'
import { TriageError } from '../../domain/errors.ts'
import { parseModelConfig } from './model-config.ts'
import type { LoadedModel, ModelOutputs } from './score-text.ts'
import { createTokenize, specialTokens } from './tokenize.ts'

/**
 * Loads a model folder (`config.json`, `tokenizer.json`, `onnx/`) with transformers.js, one intra-op thread.
 * @throws TriageError `configuration` when a file is missing or the configuration does not fit.
 */
export async function loadModel(folder: string): Promise<LoadedModel> {
  const path = resolve(folder)
  const config = parseModelConfig(await readJson(join(path, 'config.json')), folder)
  const files = {
    tokenizer: await readJson(join(path, 'tokenizer.json')),
    config: await readJson(join(path, 'tokenizer_config.json')),
  }
  env.allowRemoteModels = false
  env.allowLocalModels = true
  env.localModelPath = dirname(path)
  const model = await AutoModel.from_pretrained(basename(path), {
    dtype: 'q8',
    device: 'cpu',
    session_options: { intraOpNumThreads: 1, interOpNumThreads: 1, enableCpuMemArena: false },
  })
  return {
    config,
    tokenize: createTokenize(files),
    special: specialTokens(files),
    run: async (inputIds) => {
      const shape = [1, inputIds.length]
      const outputs = (await model({
        input_ids: new Tensor('int64', BigInt64Array.from(inputIds, BigInt), shape),
        attention_mask: new Tensor('int64', new BigInt64Array(inputIds.length).fill(1n), shape),
      })) as Record<string, { readonly data: ArrayLike<number> }>
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, tensor.data]),
      ) as ModelOutputs
    },
  }
}

async function readJson(path: string): Promise<object> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as object
  } catch (error) {
    throw new TriageError(
      'configuration',
      `Cannot read the model file ${path}: run "npm run triage -- model check" or set MODEL`,
      { cause: error },
    )
  }
}
