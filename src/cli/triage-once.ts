import { randomBytes, randomUUID } from 'node:crypto'
import { loadPolicy } from '../compose/policy.ts'
import { openScorers } from '../compose/scorers.ts'
import type { Config } from '../config.ts'
import type { Answer } from '../domain/answer.ts'
import type { Receipt } from '../domain/receipt.ts'
import { EMPTY_ROSTER } from '../domain/roster.ts'
import type { Ticket } from '../domain/ticket.ts'
import { parseAs, parseJson } from '../http/read-body.ts'
import type { Explanation } from '../explain.ts'
import { explain } from '../explain.ts'
import { ticketSchema } from '../http/ticket-schema.ts'
import { triage } from '../triage.ts'

/** A JSON object is a ticket as `POST /triage` takes it; anything else is the body of one. */
export function readTicket(input: string): Ticket {
  const trimmed = input.trim()
  if (!trimmed.startsWith('{')) return parseAs(ticketSchema, { id: 'cli', body: trimmed })
  const given = parseJson(trimmed) as Record<string, unknown>
  return parseAs(ticketSchema, { id: 'cli', ...given })
}

/** Decides with the real policy and model and keeps nothing: no server and no data directory are touched. */
export async function decideOnce(
  ticket: Ticket,
  config: Config,
): Promise<{ answer: Answer; explanation: Explanation; now: Date }> {
  const { compiled } = await loadPolicy(config.policyFile)
  const { scorers, close } = await openScorers(compiled, config)
  const now = new Date()
  let decided: Receipt | undefined
  try {
    const outcome = await triage(
      ticket,
      { caller: 'cli', idempotency: null },
      {
        policy: compiled,
        scorers,
        roster: async () => EMPTY_ROSTER,
        recentVolume: async () => ({ volumes: [], trackedKeys: 0 }),
        record: async ({ answer, receipt }) => {
          decided = receipt
          return { kind: 'recorded', answer }
        },
        now: () => now,
        elapsedMs: () => performance.now(),
        newId: randomUUID,
        newSalt: () => randomBytes(16).toString('hex'),
      },
    )
    if (outcome.kind !== 'recorded' || decided === undefined)
      throw new Error('a decision kept in memory is always recorded')
    const answer = JSON.parse(outcome.answer) as Answer
    return { answer, explanation: explain(decided, compiled), now }
  } finally {
    await close()
  }
}
