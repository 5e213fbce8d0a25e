import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { plainVolume } from '../../src/domain/spike-detect.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import { triage } from '../../src/triage.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import { findViolations } from './find-violations.ts'

export type CaseRun = {
  readonly receipt: Receipt | null
  readonly violations: readonly string[]
  readonly ms: number
}

export type CaseWorld = {
  readonly policy: CompiledPolicy
  readonly scorers: readonly Scorer[]
  readonly secondOpinion?: Scorer
  readonly now: Date
}

/** Sends one case down the production path with a record that keeps it in memory. Never rejects. */
export async function runCase(evalCase: EvalCase, world: CaseWorld): Promise<CaseRun> {
  const { volume } = evalCase
  let receipt: Receipt | null = null
  let answer: string | null = null
  const ids = sequence(evalCase.id)
  const late: Promise<unknown>[] = []
  const { secondOpinion } = world
  const start = performance.now()
  try {
    await triage(
      evalCase.ticket,
      { caller: 'eval', idempotency: null },
      {
        policy: world.policy,
        scorers: world.scorers,
        ...(secondOpinion !== undefined && {
          secondOpinion: {
            scorer: secondOpinion,
            answerBudgetMs: PATIENCE_MS,
            isKnown: async () => false,
            later: (revision) => late.push(revision),
          },
        }),
        roster: async () => EMPTY_ROSTER,
        recentVolume: async ({ keys }) => ({
          volumes: keys.flatMap((key) =>
            volume === undefined ? [] : plainVolume(key, volume.customers, volume.expected),
          ),
          trackedKeys: 0,
        }),
        record: async (record) => {
          receipt = record.receipt
          answer = record.answer
          return { kind: 'recorded', answer: record.answer }
        },
        now: () => world.now,
        elapsedMs: () => performance.now(),
        newId: ids,
        // The salt keeps nothing secret here; a fixed one makes two runs of a case the same bytes.
        newSalt: () => 'eval',
      },
    )
    // A late opinion revises what was recorded; the last word is what is graded.
    await Promise.all(late)
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not an Error'
    return { receipt: null, violations: [`failed: ${message}`], ms: performance.now() - start }
  }
  const ms = performance.now() - start
  return { receipt, violations: findViolations(evalCase.ticket, receipt, answer), ms }
}

/** Longer than an LLM's own time-out, so that its opinion counts however slow the server is. */
const PATIENCE_MS = 60_000

function sequence(prefix: string): () => string {
  let next = 0
  return () => `${prefix}#${(next += 1)}`
}
