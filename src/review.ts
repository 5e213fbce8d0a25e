import { assign } from './domain/assign.ts'
import { answerableUntil, customerClocks } from './domain/clock.ts'
import type { CompiledPolicy } from './domain/compile-policy.ts'
import type { Clock } from './domain/decision.ts'
import { entryOf } from './domain/entry-of.ts'
import { TriageError } from './domain/errors.ts'
import type { Facts } from './domain/facts.ts'
import { PRIORITY_OF_SEVERITY, type Severity, type TicketType } from './domain/labels.ts'
import { type DraftReply, draftReply, preferredChannelOf } from './domain/propose-actions.ts'
import type { Receipt } from './domain/receipt.ts'
import type { Changes, Review, ReviewCommand, ReviewedFields } from './domain/review-state.ts'
import type { Roster } from './domain/roster.ts'
import { namedSegments, timersFor } from './domain/segments.ts'

/** A lost race is a value: the current state says who was first. `stale`: the person saw another version. */
export type ReviewResult =
  | { readonly ok: true; readonly review: Review }
  | {
      readonly ok: false
      readonly reason: string
      readonly stale?: true
      readonly current: Review
    }

/** A judgement of a blind review, made without its suggestion. */
export type BlindAnswer = {
  readonly kind: 'answer'
  readonly severity: Severity
  readonly type: TicketType
  readonly team: string
  readonly reason?: string
  readonly version?: number
}

export type ReviewRequest = ReviewCommand | BlindAnswer

export type ReviewVerbDeps = {
  readonly policy: CompiledPolicy
  readonly roster: () => Promise<Roster>
  readonly findReview: (id: string) => Promise<Review | undefined>
  readonly findReceipt: (decisionId: string) => Promise<Receipt | undefined>
  /** One conditional update with its audit entry and events; undefined when there is no such review. */
  readonly transition: (
    id: string,
    command: ReviewCommand,
    by: { readonly actor: string; readonly now: Date; readonly undoSeconds: number },
  ) => Promise<ReviewResult | undefined>
  readonly now: () => Date
}

/**
 * A person acts on a review. An override is completed from the policy first, so that a new team has a named owner and a
 * new severity has its own clocks. A blind answer that agrees with the suggestion approves it, any other overrides it.
 * @throws TriageError `not_found`, or `invalid_request` when an override names somebody the policy does not know.
 */
export async function reviewTicket(
  id: string,
  request: ReviewRequest,
  actor: string,
  deps: ReviewVerbDeps,
): Promise<ReviewResult> {
  const command = request.kind === 'answer' ? await compareBlind(id, request, deps) : request
  const complete = command.kind === 'override' ? await completeOverride(id, command, deps) : command
  const undoSeconds = deps.policy.policy.review.undoSeconds ?? 0
  const result = await deps.transition(id, complete, { actor, now: deps.now(), undoSeconds })
  if (result === undefined) throw reviewNotFound()
  return result
}

type Override = Extract<ReviewCommand, { kind: 'override' }>

async function compareBlind(
  id: string,
  { severity, type, team, reason, version }: BlindAnswer,
  deps: ReviewVerbDeps,
): Promise<ReviewCommand> {
  const review = await deps.findReview(id)
  if (review === undefined) throw reviewNotFound()
  const changes: Changes = {
    ...(severity !== review.severity && { severity }),
    ...(type !== review.type && { type }),
    ...(team !== review.team && { team }),
  }
  const seen = { unseen: true, ...(version !== undefined && { version }) }
  if (Object.keys(changes).length === 0)
    return { kind: 'approve', ...(reason !== undefined && { reason }), ...seen }
  return { kind: 'override', changes, reason: reason ?? 'Judged without the suggestion', ...seen }
}

async function completeOverride(
  id: string,
  command: Override,
  deps: ReviewVerbDeps,
): Promise<Override> {
  const review = await deps.findReview(id)
  const receipt = review && (await deps.findReceipt(review.decisionId))
  if (review === undefined || receipt === undefined) throw reviewNotFound()
  requireKnownNames(command.changes, deps.policy)
  const changes = await withNamedOwner(command.changes, review, deps)
  const clocks = clocksUnder(changes, review, receipt, deps.policy)
  const after = { ...review, ...changes }
  const draft = draftUnder(after, clocks ?? receipt.decision.clocks, receipt.facts, deps)
  return { ...command, changes, ...(clocks && { clocks }), ...(draft !== undefined && { draft }) }
}

/** The first answer names whoever it is now and goes out as its severity asks; a person's own words stand before it. */
function draftUnder(
  { ticketId, severity, type, team: id, owner }: ReviewedFields & Pick<Review, 'ticketId'>,
  clocks: readonly Clock[],
  facts: Facts,
  { policy, now }: ReviewVerbDeps,
): DraftReply | undefined {
  const team = policy.teams.get(id)
  const person = entryOf(policy.policy.people, owner)
  if (team === undefined || person === undefined) return undefined
  const priority = PRIORITY_OF_SEVERITY[severity]
  const answered = { ticketId, severity, priority, type, team, owner: person, clocks }
  const preferredChannel = preferredChannelOf(facts)
  return draftReply({ ...answered, preferredChannel, nowMs: now().getTime() }, policy)
}

function requireKnownNames(changes: Changes, policy: CompiledPolicy): void {
  const { team, owner, backup } = changes
  if (team !== undefined && !policy.teams.has(team)) throw unknownName('team', team)
  for (const [field, person] of Object.entries({ owner, backup }))
    if (person !== undefined && entryOf(policy.policy.people, person) === undefined)
      throw unknownName(field, person)
}

/** Another team without another owner would leave the work with somebody of the old team. */
async function withNamedOwner(
  changes: Changes,
  review: Review,
  deps: ReviewVerbDeps,
): Promise<Changes> {
  const team = changes.team === undefined ? undefined : deps.policy.teams.get(changes.team)
  if (team === undefined || changes.owner !== undefined) return changes
  const nowMs = deps.now().getTime()
  const timers = deps.policy.timers[changes.severity ?? review.severity]
  const assigned = assign(team, deps.policy, await deps.roster(), {
    nowMs,
    answerByMs: answerableUntil(timers, nowMs, nowMs),
  })
  const backup = changes.backup ?? assigned.backup.id
  return { ...changes, owner: assigned.owner.id, backup }
}

/** A changed severity has its own clocks, from the moment the customer wrote. */
function clocksUnder(
  { severity }: Changes,
  review: Review,
  receipt: Receipt,
  policy: CompiledPolicy,
): readonly Clock[] | undefined {
  if (severity === undefined || severity === review.severity) return undefined
  const startMs = Date.parse(receipt.clockStart)
  const segments = namedSegments(receipt.decision.segments ?? [], policy)
  return customerClocks(timersFor(severity, segments, policy, startMs), startMs, receipt.happened)
}

const reviewNotFound = () => new TriageError('not_found', 'Cannot find this review')

const unknownName = (field: string, name: string) =>
  new TriageError('invalid_request', `Cannot override ${field}: "${name}" is not in the policy`, {
    detail: {
      errors: [{ pointer: `/changes/${field}`, message: 'a name from the policy is required' }],
    },
  })
