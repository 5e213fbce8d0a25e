import type { Action, Clock } from '../domain/decision.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { Review, ReviewCommand, ReviewStanding } from '../domain/review-state.ts'
import { transition } from '../domain/review-state.ts'
import type { Db, Param } from './db.ts'
import { parseJson } from './db.ts'
import type { ReviewRow } from './review-row.ts'
import { clocksOf, REVIEW_COLUMNS, REVIEW_TABLES, reviewOf } from './review-row.ts'
import { toStorable } from './text.ts'

export async function findReview(db: Db, id: string): Promise<Review | undefined> {
  return (await findForTransition(db, id))?.review
}

export type ReviewResult =
  | { readonly ok: true; readonly review: Review }
  | {
      readonly ok: false
      readonly reason: string
      /** The person saw another version. */
      readonly stale?: true
      readonly current: Review
    }

export type ReviewActor = {
  /** Name of the person; goes into the audit. */
  readonly actor: string
  readonly now: Date
  /** So long a decision can be taken back, and is told to nobody outside; 0 unless told. */
  readonly undoSeconds?: number
}

/**
 * A person acts on a review; undefined when there is none with this id. The change, its audit entry, the ticket's
 * state, its clocks and the event are one statement, conditional on the version that was read: of two people one
 * wins, the other is told the current state.
 *
 * @throws TriageError `store_unavailable`: it may or may not have happened.
 */
export async function transitionReview(
  db: Db,
  id: string,
  command: ReviewCommand,
  by: ReviewActor,
): Promise<ReviewResult | undefined> {
  const found = await findForTransition(db, id)
  if (found === undefined) return undefined
  const { review: before, proposed, clocks } = found
  const { actor, now, undoSeconds = 0 } = by
  const result = transition(before, command, { actor, now, proposed, clocks, undoSeconds })
  if (!result.ok) {
    const { ok, reason, stale } = result
    return { ok, reason, ...(stale && { stale }), current: before }
  }
  const next: Review = { ...before, ...result.next, version: before.version + 1 }
  const change: Change = { command, by, before, next, clocks: result.clocks }
  const saved = await db.rows(SAVE, paramsOfSave(db.tenant, change))
  if (saved.length === 1) return { ok: true, review: next }

  const current = (await findReview(db, id)) ?? before
  const left = command.kind === 'undo' && current.version === before.version
  return { ok: false, reason: left ? TOLD_ALREADY : LOST_RACE, current }
}

const LOST_RACE = 'Cannot change this review: somebody else has just changed it'
const TOLD_ALREADY = 'Cannot undo this review: others have been told of the decision'

/*
 * The ticket is locked before its review, in the order of record_triage, so that a person and a new revision cannot
 * wait for each other. A row that changed while this statement waited is checked again by its version. An undo takes
 * the event of the decision back, which only works while no sender has it; its number tells of the undo instead. Of an
 * exercise nobody was told.
 */
const SAVE = `
  with ticket as (
    select t.id, t.decision_id from tickets t join reviews v on v.ticket = t.id
     where v.tenant = $1 and v.id = $2 for update of t
  ), withdrawn as (
    update outbox o set type = $22, payload = $23::text::json, available_at = $15
      from ticket t, reviews v
     where $24::boolean and v.id = $2 and v.version = $3 and v.decision_id = t.decision_id and o.ticket = t.id
       and o.decision_id = v.decision_id and o.type = 'review.decided' and o.state = 'pending'
    returning o.id
  ), changed as (
    update reviews v
       set state = $4, severity = $5, type = $6, team = $7, owner = $8, backup = $9, claimed_by = $10, claimed_at = $31,
           lease_until = $11, decided_by = $12, decided_at = $13, outcome = $14::text::json,
           proposal = $25::text::json, proposed_by = $26, undo = $27::text::json, version = v.version + 1
      from ticket t
     where v.id = $2 and v.ticket = t.id and v.version = $3
       and case when $24::boolean then v.kind = 'known' or exists (select from withdrawn) else v.state in ('pending', 'claimed') end
    returning v.id, v.ticket, v.decision_id
  ), moved as (
    update tickets t
       set event_seq = t.event_seq + case when $24::boolean or $29::boolean then 0 else 1 end, updated_at = $15,
           severity = $5, type = $6, team = $7, owner = $8, backup = $9, standing = coalesce($28, t.standing),
           rejudge_at = case when $32::boolean and t.severity <> $5 then $15 else t.rejudge_at end
      from changed c where t.id = c.ticket
    returning t.id, t.event_seq
  ), ticking as (
    insert into clocks (tenant, ticket, kind, due_at, target, calendar)
    select $1, c.ticket, k.kind, k."dueAt", k.target, k.calendar
      from changed c, json_to_recordset($16::text::json)
        as k (kind text, "dueAt" timestamptz, target text, calendar text)
    on conflict (ticket, kind) do update
      set due_at = excluded.due_at, target = excluded.target, calendar = excluded.calendar
  ), logged as (
    insert into audit (tenant, actor, action, subject, ticket, before, after, reason, at)
    select $1, $17, $18, c.id, c.ticket, $19::text::json, $20::text::json, $21, $15 from changed c
  ), told as (
    insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
    select $1, m.id, m.event_seq, $22, c.decision_id, $23::text::json, $30, $15
      from moved m join changed c on c.ticket = m.id
     where not $24::boolean and not $29::boolean
  )
  select id from changed`

type Change = {
  readonly command: ReviewCommand
  readonly by: ReviewActor
  readonly before: Review
  readonly next: Review
  readonly clocks: readonly Clock[]
}

function paramsOfSave(tenant: string, { command, by, before, next, clocks }: Change): Param[] {
  const decided = next.outcome !== null
  const verb = verbOf(command, before, next)
  return [
    tenant,
    next.id,
    before.version,
    next.state,
    next.severity,
    next.type,
    toStorable(next.team),
    toStorable(next.owner),
    toStorable(next.backup),
    next.claimedBy,
    next.leaseUntil,
    next.decidedBy,
    next.decidedAt,
    asJson(next.outcome),
    by.now.toISOString(),
    JSON.stringify(next.kind === 'known' ? [] : clocks),
    by.actor,
    verb,
    JSON.stringify(standingOf(before)),
    JSON.stringify(standingOf(next)),
    reasonOf(command, next),
    decided ? 'review.decided' : verb,
    JSON.stringify(eventOf(next)),
    command.kind === 'undo',
    asJson(next.proposal),
    next.proposal?.by ?? null,
    asJson(next.undo),
    standingAfter(command, next),
    // Nobody outside hears of an exercise, or that somebody still works.
    next.kind === 'known' || command.kind === 'renew',
    // What can be taken back waits in the house.
    decided && next.undo !== null ? next.undo.until : by.now.toISOString(),
    next.claimedAt,
    // Its clocks follow the new severity; a dismissal leaves them alone.
    next.kind !== 'known' && (next.state === 'overridden' || command.kind === 'undo'),
  ]
}

const asJson = (value: unknown) => (value === null ? null : JSON.stringify(value))

const VERBS: Readonly<Record<ReviewCommand['kind'], string>> = {
  claim: 'review.claimed',
  renew: 'review.renewed',
  release: 'review.released',
  approve: 'review.approved',
  override: 'review.overridden',
  dismiss: 'review.dismissed',
  undo: 'review.undone',
}

function verbOf({ kind }: ReviewCommand, before: Review, next: Review): string {
  if (next.outcome !== null) return `review.${next.outcome.kind}`
  return next.proposal !== before.proposal ? 'review.proposed' : VERBS[kind]
}

function reasonOf(command: ReviewCommand, next: Review): string | null {
  const reason = 'reason' in command ? command.reason : next.outcome?.reason
  return reason === undefined ? null : toStorable(reason)
}

/** How the ticket stands then; null: as before. */
function standingAfter({ kind }: ReviewCommand, next: Review): string | null {
  if (next.outcome !== null) return next.outcome.kind
  if (kind !== 'undo') return null
  return next.kind === 'held' ? 'held' : 'auto'
}

/** What the audit keeps: everything that a transition may change. */
function standingOf({ kind, state, blind, fourEyes, ...review }: Review): ReviewStanding {
  const { severity, type, team, owner, backup, claimedBy, claimedAt, leaseUntil } = review
  const { decidedBy, decidedAt, outcome, proposal, undo, changedAt, version } = review
  const fields = { severity, type, team, owner, backup }
  const decision = { decidedBy, decidedAt, outcome, proposal, undo }
  return {
    kind,
    state,
    blind,
    fourEyes,
    ...fields,
    claimedBy,
    claimedAt,
    leaseUntil,
    ...decision,
    changedAt,
    version,
  }
}

/** What others are told; after a decision with the actions that may happen now. */
function eventOf(review: Review): Record<string, unknown> {
  const { id, kind, decisionId, ticketId, revision, outcome, proposal } = review
  const about = { reviewId: id, kind, decisionId, ticketId, revision }
  if (outcome === null)
    return {
      ...about,
      claimedBy: review.claimedBy,
      leaseUntil: review.leaseUntil,
      ...(proposal !== null && { proposedBy: proposal.by }),
    }
  const { severity, type, team, owner, backup, decidedBy, decidedAt } = review
  const { kind: verdict, ...details } = outcome
  const decision = { severity, type, team, owner, backup, decidedBy, decidedAt }
  const seconder = proposal === null ? {} : { proposedBy: proposal.by }
  return { ...about, outcome: verdict, ...decision, ...seconder, ...details }
}

async function findForTransition(
  db: Db,
  id: string,
): Promise<{ review: Review; proposed: readonly Action[]; clocks: readonly Clock[] } | undefined> {
  const [row] = await db.rows<ReviewRow & { receipt: string; clocks: string }>(
    `select ${REVIEW_COLUMNS}, r.receipt, (
         select coalesce(json_agg(json_build_object('kind', c.kind, 'dueAt', c.due_at, 'target', c.target,
             'calendar', c.calendar)), '[]')
           from clocks c where c.ticket = v.ticket
       ) as clocks
       from ${REVIEW_TABLES} where v.tenant = $1 and v.id = $2`,
    [db.tenant, toStorable(id)],
  )
  if (row === undefined) return undefined
  const receipt = parseJson(row.receipt) as Receipt
  return {
    review: reviewOf(row),
    proposed: receipt.decision.proposed,
    clocks: clocksOf(row.clocks),
  }
}
