import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import type { Scorer } from '../../src/domain/signal.ts'
import type { Ticket } from '../../src/domain/ticket.ts'
import { triage } from '../../src/triage.ts'

export type World = {
  readonly policy: CompiledPolicy
  readonly scorers: readonly Scorer[]
  /** Asked as in production, with as much time as it takes. */
  readonly secondOpinion?: Scorer
}

const PATIENCE_MS = 30_000
const NOW = new Date('2026-03-04T12:00:00Z')

/** One ticket down the production path; what would be recorded comes back instead. */
export async function decideInMemory(ticket: Ticket, world: World): Promise<Receipt> {
  const recorded: Receipt[] = []
  let ids = 0
  await triage(
    ticket,
    { caller: 'rig', idempotency: null, waitMs: PATIENCE_MS },
    {
      policy: world.policy,
      scorers: world.scorers,
      ...(world.secondOpinion && {
        secondOpinion: {
          scorer: world.secondOpinion,
          answerBudgetMs: PATIENCE_MS,
          isKnown: async () => false,
          later: () => {},
        },
      }),
      roster: async () => EMPTY_ROSTER,
      recentVolume: async () => ({ volumes: [], trackedKeys: 0 }),
      record: async ({ receipt, answer }) => {
        recorded.push(receipt)
        return { kind: 'recorded', answer }
      },
      now: () => NOW,
      elapsedMs: () => performance.now(),
      newId: () => `${ticket.id}#${(ids += 1)}`,
      newSalt: () => 'rig',
    },
  )
  return recorded[0]!
}
