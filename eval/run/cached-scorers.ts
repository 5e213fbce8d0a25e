import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scorer, ScorerCall, Scores } from '../../src/domain/signal.ts'
import { fingerprint } from '../../src/fingerprint.ts'

/** Scores that are known already, by scorer, version, code and content; a new policy costs no second scoring. */
export type ScoreCache = {
  /** For one case: `of` gives a scorer that asks the cache first, `wasUsed` tells whether anything came from it. */
  readonly wrap: () => {
    readonly of: (scorer: Scorer) => Scorer
    readonly wasUsed: () => boolean
  }
  readonly close: () => Promise<void>
}

/** What a call cost is kept with its scores: it is what the decision costs, paid again or not. */
type Known = { readonly scores: Scores; readonly call?: ScorerCall }

/** Phrases belong to the policy, labels and given scores to the suite, and all cost microseconds: they always run. */
const NEVER_CACHED = new Set(['phrases', 'labels', 'given'])

export async function openScoreCache(folder: string, code: string): Promise<ScoreCache> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'scores.jsonl')
  const known = new Map<string, Known>()
  for (const line of (await readFile(path, 'utf8').catch(() => '')).split('\n'))
    readLine(line, known)
  let fresh: string[] = []

  return {
    wrap: () => {
      let used = false
      return {
        of: (scorer) => cached(scorer, () => (used = true)),
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
    const { name, version } = scorer
    return {
      name,
      version,
      score: async (input, abort, onCall) => {
        const key = fingerprint({ scorer: name, version, code, input })
        const found = known.get(key)
        if (found !== undefined) {
          onUsed()
          if (found.call !== undefined) onCall?.(found.call)
          return found.scores
        }
        const told: { call?: ScorerCall } = {}
        const scores = await scorer.score(input, abort, (call) => {
          told.call = call
          onCall?.(call)
        })
        known.set(key, { scores, ...told })
        fresh.push(`${JSON.stringify({ key, scores, ...told })}\n`)
        return scores
      },
    }
  }
}

function readLine(line: string, known: Map<string, Known>): void {
  if (line === '') return
  try {
    const { key, ...found } = JSON.parse(line) as Known & { key: string }
    known.set(key, found)
  } catch {
    // A line that an interruption cut off: it is scored again.
  }
}
