import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scorer, ScorerInput, Scores } from '../../src/domain/signal.ts'
import { fingerprint } from '../../src/fingerprint.ts'

/** Scores that are known already, by scorer, version and content; a new policy costs no second scoring. */
export type ScoreCache = {
  /** The same scorers, asking the cache first; `wasUsed` tells whether this case got anything from it. */
  readonly wrap: (scorers: readonly Scorer[]) => {
    readonly scorers: readonly Scorer[]
    readonly wasUsed: () => boolean
  }
  readonly close: () => Promise<void>
}

/** Phrases belong to the policy, labels to the suite, and both cost microseconds: they always run. */
const NEVER_CACHED = new Set(['phrases', 'labels'])

export async function openScoreCache(folder: string): Promise<ScoreCache> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'scores.jsonl')
  const known = new Map<string, Scores>()
  for (const line of (await readFile(path, 'utf8').catch(() => '')).split('\n'))
    readLine(line, known)
  let fresh: string[] = []

  return {
    wrap: (scorers) => {
      let used = false
      return {
        scorers: scorers.map((scorer) => cached(scorer, () => (used = true))),
        wasUsed: () => used,
      }
    },
    close: async () => {
      const lines = fresh.join('')
      fresh = []
      if (lines !== '') await appendFile(path, lines)
    },
  }

  function cached(scorer: Scorer, onUsed: () => void): Scorer {
    if (NEVER_CACHED.has(scorer.name)) return scorer
    return {
      name: scorer.name,
      version: scorer.version,
      score: async (input: ScorerInput, abort?: AbortSignal) => {
        const key = fingerprint({ scorer: scorer.name, version: scorer.version, input })
        const found = known.get(key)
        if (found !== undefined) {
          onUsed()
          return found
        }
        const scores = await scorer.score(input, abort)
        known.set(key, scores)
        fresh.push(`${JSON.stringify({ key, scores })}\n`)
        return scores
      },
    }
  }
}

function readLine(line: string, known: Map<string, Scores>): void {
  if (line === '') return
  try {
    const { key, scores } = JSON.parse(line) as { key: string; scores: Scores }
    known.set(key, scores)
  } catch {
    // A line that an interruption cut off: it is scored again.
  }
}
