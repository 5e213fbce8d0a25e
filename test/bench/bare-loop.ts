import { randomBytes, randomUUID } from 'node:crypto'
import { loadPolicy } from '../../src/compose/policy.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import type { TriageRecord } from '../../src/domain/receipt.ts'
import type { Ticket } from '../../src/domain/ticket.ts'
import { ticketText } from '../../src/domain/ticket.ts'
import { createLocalScorer } from '../../src/scorers/local.ts'
import { loadModel } from '../../src/scorers/local/load-node.ts'
import { scoreText } from '../../src/scorers/local/score-text.ts'
import { tokenWindows } from '../../src/scorers/local/windows.ts'
import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import type { Db } from '../../src/store/db.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { triage } from '../../src/triage.ts'
import { fresh } from './tickets.ts'

/** The engine without a service: `session.run` on ready ids, then the same rows, one ticket after the other. */
export async function openBareLoop(db: Db, tickets: readonly Ticket[]) {
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const model = await loadModel('model')
  const { max_tokens, stride, max_windows } = model.config.text
  const ready = await Promise.all(
    tickets.map(async (ticket) => ({ record: await recordOf(ticket), windows: windowsOf(ticket) })),
  )

  function windowsOf(ticket: Ticket): readonly (readonly number[])[] {
    const ids = model.tokenize(ticketText(ticket)).map((token) => token.id)
    return tokenWindows(ids.length, { size: max_tokens - 2, stride, most: max_windows }).map(
      ({ start, end }) => [model.special.first, ...ids.slice(start, end), model.special.last],
    )
  }

  /** What the service would write for this ticket, captured once so that the loop writes rows of the same size. */
  async function recordOf(ticket: Ticket): Promise<TriageRecord> {
    let captured: TriageRecord | undefined
    await triage(
      fresh(ticket),
      { caller: 'bench', idempotency: null },
      {
        policy: compiled,
        scorers: [
          createPhraseScorer(compiled.policy.phrases, '1'),
          createLocalScorer({ version: '1', score: (input) => scoreText(model, input) }),
        ],
        roster: async () => EMPTY_ROSTER,
        recentVolume: async () => ({ volumes: [], trackedKeys: 0 }),
        record: async (record) => {
          captured = record
          return { kind: 'recorded', answer: record.answer }
        },
        now: () => new Date(),
        elapsedMs: () => performance.now(),
        newId: randomUUID,
        newSalt: () => randomBytes(16).toString('hex'),
      },
    )
    return captured!
  }

  let at = 0
  return {
    /** One ticket: milliseconds of its passes, and of everything. */
    async one(): Promise<{ runMs: number; totalMs: number }> {
      const { record, windows } = ready[at++ % ready.length]!
      const start = performance.now()
      for (const ids of windows) await model.run(ids)
      const runMs = performance.now() - start
      const id = randomUUID()
      const decisionId = randomUUID()
      await recordTriage(db, {
        ...record,
        ticket: { ...record.ticket, id },
        receipt: { ...record.receipt, ticketId: id, decisionId },
        review: record.review && { ...record.review, id: randomUUID() },
      })
      return { runMs, totalMs: performance.now() - start }
    },
  }
}
