import type { PersonRef } from '../domain/decision.ts'
import type { Db } from './db.ts'

/** Named in the audit where no person acted. */
export const REVIEW_CLOCK = 'review clock'

/** The mark of everything that happened because nobody decided. */
export const NOT_A_PERSON = 'default, not a person'

/** Reviews per statement. */
const BATCH = 200

/*
 * Each pass takes the tickets first, in the order of record_triage and of people's transitions, and leaves those alone
 * that somebody else holds. Whether a review is still due is asked again of its newest version, so that among any number
 * of replicas one tells, once.
 */
const OPEN_HELD = `v.kind = 'held' and v.state in ('pending', 'claimed')`

/** Asks the backup reviewers to look, without the suggestion where they are to judge blind; gives how many reviews that concerned. */
export async function tellBackups(
  db: Db,
  now: Date,
  people: readonly PersonRef[],
): Promise<number> {
  const rows = await db.rows(
    `with due as (
       select t.id as ticket, v.id as review from reviews v join tickets t on t.id = v.ticket
        where v.tenant = $1 and ${OPEN_HELD} and v.backup_at <= $2 and v.backup_told_at is null
        order by v.backup_at limit ${BATCH} for update of t skip locked
     ), told as (
       update reviews v set backup_told_at = $2 from due
        where v.id = due.review and ${OPEN_HELD} and v.backup_told_at is null
       returning v.id, v.ticket, v.decision_id, case when v.blind then null else v.severity end as severity, v.due_at
     ), numbered as (
       update tickets t set event_seq = t.event_seq + 1 from told where t.id = told.ticket
       returning t.id, t.event_seq, t.external_id
     ), paged as (
       insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
       select $1, n.id, n.event_seq, 'page.requested', told.decision_id,
              json_strip_nulls(json_build_object('kind', 'backup', 'reviewId', told.id, 'decisionId', told.decision_id,
                'ticketId', n.external_id, 'severity', told.severity, 'people', $3::text::json,
                'because', 'Nobody has decided this review yet')), $2, $2
         from told join numbered n on n.id = told.ticket
     )
     insert into audit (tenant, actor, action, subject, ticket, after, at)
     select $1, $4, 'review.backup_told', told.id, told.ticket, json_build_object('people', $3::text::json), $2 from told
     returning id`,
    [db.tenant, now.toISOString(), JSON.stringify(people), REVIEW_CLOCK],
  )
  return rows.length
}

export type DefaultPages = {
  /** The next tier, for P1. */
  readonly critical: readonly PersonRef[]
  readonly others: readonly PersonRef[]
}

/**
 * The declared default where nobody decided in time: the severity stays, the named owner works on it provisionally, people
 * of ours are paged, the customer hears nothing, and the review goes on waiting. Gives how many reviews that concerned.
 */
export async function takeDefaults(db: Db, now: Date, pages: DefaultPages): Promise<number> {
  const rows = await db.rows(
    `with due as (
       select t.id as ticket, v.id as review from reviews v join tickets t on t.id = v.ticket
        where v.tenant = $1 and ${OPEN_HELD} and v.due_at <= $2 and v.defaulted_at is null
        order by v.due_at limit ${BATCH} for update of t skip locked
     ), taken as (
       update reviews v set defaulted_at = $2 from due
        where v.id = due.review and ${OPEN_HELD} and v.defaulted_at is null
       returning v.id, v.ticket, v.decision_id, v.severity, v.team, v.owner, v.backup, v.due_at,
         case when v.severity = 'P1' then $3::text::json else $4::text::json end as people
     ), numbered as (
       update tickets t set event_seq = t.event_seq + 2 from taken where t.id = taken.ticket
       returning t.id, t.event_seq, t.external_id
     ), told as (
       insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
       select $1, n.id, n.event_seq - 1, 'review.defaulted', taken.decision_id,
              json_build_object('reviewId', taken.id, 'decisionId', taken.decision_id, 'ticketId', n.external_id,
                'severity', taken.severity, 'team', taken.team, 'provisionalOwner', taken.owner, 'owner', taken.owner,
                'backup', taken.backup, 'marked', $6::text, 'actions', '[]'::json), $2, $2
         from taken join numbered n on n.id = taken.ticket
     ), paged as (
       insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
       select $1, n.id, n.event_seq, 'page.requested', taken.decision_id,
              json_build_object('kind', 'default', 'reviewId', taken.id, 'decisionId', taken.decision_id,
                'ticketId', n.external_id, 'severity', taken.severity, 'people', taken.people,
                'marked', $6::text, 'because', 'Nobody decided this review in time'), $2, $2
         from taken join numbered n on n.id = taken.ticket
     )
     insert into audit (tenant, actor, action, subject, ticket, after, reason, at)
     select $1, $5, 'review.defaulted', taken.id, taken.ticket,
            json_build_object('severity', taken.severity, 'provisionalOwner', taken.owner, 'paged', taken.people), $6, $2
       from taken
     returning id`,
    [
      db.tenant,
      now.toISOString(),
      JSON.stringify(pages.critical),
      JSON.stringify(pages.others),
      REVIEW_CLOCK,
      NOT_A_PERSON,
    ],
  )
  return rows.length
}

/** Puts back what was claimed and neither decided nor renewed; gives how many reviews. */
export async function releaseLapsed(db: Db, now: Date): Promise<number> {
  const rows = await db.rows(
    `with due as (
       select t.id as ticket, v.id as review, v.claimed_by from reviews v join tickets t on t.id = v.ticket
        where v.tenant = $1 and v.state = 'claimed' and v.lease_until <= $2
        order by v.lease_until limit ${BATCH} for update of t skip locked
     ), lapsed as (
       update reviews v set state = 'pending', claimed_by = null, claimed_at = null, lease_until = null,
           version = v.version + 1
         from due where v.id = due.review and v.state = 'claimed' and v.lease_until <= $2
       returning v.id, v.kind, v.ticket, v.decision_id, due.claimed_by as holder
     ), numbered as (
       update tickets t set event_seq = t.event_seq + 1 from lapsed
        where t.id = lapsed.ticket and lapsed.kind <> 'known'
       returning t.id, t.event_seq, t.external_id
     ), told as (
       insert into outbox (tenant, ticket, seq, type, decision_id, payload, available_at, created_at)
       select $1, n.id, n.event_seq, 'review.released', lapsed.decision_id,
              json_build_object('reviewId', lapsed.id, 'kind', lapsed.kind, 'decisionId', lapsed.decision_id,
                'ticketId', n.external_id, 'claimedBy', null, 'leaseUntil', null), $2, $2
         from lapsed join numbered n on n.id = lapsed.ticket
     )
     insert into audit (tenant, actor, action, subject, ticket, before, after, reason, at)
     select $1, $3, 'review.lapsed', lapsed.id, lapsed.ticket,
            json_build_object('state', 'claimed', 'claimedBy', lapsed.holder),
            json_build_object('state', 'pending', 'claimedBy', null), 'The claim had run out', $2 from lapsed
     returning id`,
    [db.tenant, now.toISOString(), REVIEW_CLOCK],
  )
  return rows.length
}
