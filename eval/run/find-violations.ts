import type { Answer } from '../../src/domain/answer.ts'
import { CLOCK_KINDS } from '../../src/domain/policy.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { ticketText, type Ticket } from '../../src/domain/ticket.ts'
import { answerSchema } from '../../src/http/answer-schema.ts'

/** What an answer must never be: outside its published schema, ownerless, or quoting what the customer did not write. */
export function findViolations(
  ticket: Ticket,
  receipt: Receipt | null,
  answerText: string | null,
): readonly string[] {
  if (receipt === null || answerText === null) return ['nothing was recorded']
  const answer = JSON.parse(answerText) as Answer
  const parsed = answerSchema.safeParse(answer)
  const schema = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `schema: ${issue.path.join('.')}: ${issue.message}`)
  return [...schema, ...brokenPromises(ticket, answer)]
}

function brokenPromises(ticket: Ticket, answer: Answer): readonly string[] {
  const text = ticketText(ticket)
  const broken: string[] = []
  const { owner, backup } = answer.route
  if (owner.id === backup.id) broken.push('owner: the backup is the owner')
  if (answer.disposition === 'review' && answer.actions.length > 0)
    broken.push('review: a held ticket has actions')
  if ((answer.review !== undefined) !== (answer.disposition === 'review'))
    broken.push('review: held and without a review, or the other way round')
  if (answer.severity === 'P1' && answer.disposition === 'auto')
    broken.push('review: a critical ticket is not held')
  for (const kind of CLOCK_KINDS)
    if (kind !== 'review' && !answer.clocks.some((clock) => clock.kind === kind))
      broken.push(`clocks: no ${kind}`)
  for (const { start, end, quote } of [
    ...answer.signals.triggers,
    ...answer.reasons.flatMap(({ evidence }) => evidence),
  ])
    if (text.slice(start, end).length !== quote.length)
      broken.push(`evidence: ${start}-${end} does not fit its quote`)
  return broken
}
