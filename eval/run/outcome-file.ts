import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Outcome } from './outcome.ts'

/** Outcomes on disk, one JSON line each: what an interruption leaves is a shorter file, never a broken one. */
export type OutcomeFile = {
  readonly find: (key: string) => Outcome | undefined
  readonly append: (outcome: Outcome) => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens or creates the file. A last line that was cut off in the middle is ignored and runs again. */
export async function openOutcomeFile(path: string): Promise<OutcomeFile> {
  await mkdir(dirname(path), { recursive: true })
  const text = await readFile(path, 'utf8').catch(() => '')
  const outcomes = new Map(parseOutcomes(text).map((outcome) => [outcome.key, outcome]))
  let waiting: string[] = text === '' || text.endsWith('\n') ? [] : ['\n']
  let writing = Promise.resolve()

  function flush(): Promise<void> {
    const lines = waiting.join('')
    waiting = []
    if (lines !== '') writing = writing.then(() => appendFile(path, lines))
    return writing
  }
  return {
    find: (key) => outcomes.get(key),
    append: async (outcome) => {
      outcomes.set(outcome.key, outcome)
      waiting.push(`${JSON.stringify(outcome)}\n`)
      // Waits until the line is on disk: a case that counts as done survives whatever ends the process.
      await flush()
    },
    close: flush,
  }
}

/** Reads stored outcomes; the later of two with one key counts. */
export function parseOutcomes(text: string): readonly Outcome[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return []
    try {
      return [JSON.parse(line) as Outcome]
    } catch {
      return []
    }
  })
}
