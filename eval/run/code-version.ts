import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

const ROOT = new URL('../../', import.meta.url).pathname
/** What a case runs through besides policy and model: the service, its prompts, the runner, the packages. */
const CODE = ['src', 'prompts', 'eval/run', 'package-lock.json']
/** What a model says depends on these, its thresholds included. */
const MODEL = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx']

/** SHA-256 of the code that decides: what other code decided or scored is no outcome of this one. */
export function codeVersion(): Promise<string> {
  return hashOf(ROOT, CODE)
}

/** SHA-256 of a model folder, short: the version in `config.json` says nothing of a threshold that was moved. */
export async function modelVersion(folder: string): Promise<string> {
  return (await hashOf(folder, MODEL)).slice(0, 12)
}

async function hashOf(folder: string, parts: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const part of parts)
    for (const file of await filesOf(join(folder, part)))
      hash.update(`${relative(folder, file)}\0`).update(await readFile(file))
  return hash.digest('hex')
}

/** The files of a folder in a fixed order, or the file itself. */
async function filesOf(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => null)
  if (entries === null) return [path]
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
