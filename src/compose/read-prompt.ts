import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A prompt file by its path from the package; undefined when there is none. */
export function readPrompt(path: string): Promise<string | undefined> {
  return readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8').catch(
    () => undefined,
  )
}
