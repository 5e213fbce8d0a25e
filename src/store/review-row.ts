import type { Clock } from '../domain/decision.ts'
import type { Review } from '../domain/review-state.ts'
import { parseJson } from './db.ts'

/** A review as a query gives it, with what its ticket and its receipt know. */
export type ReviewRow = {
  id: string
  kind: Review['kind']
  decision_id: string
  external_id: string
  caller: string
  revision: number
  state: Review['state']
  blind: boolean
  four_eyes: boolean
  severity: Review['severity']
  type: Review['type']
  team: string
  owner: string
  backup: string
  due_at: string
  backup_at: string | null
  backup_told_at: string | null
  defaulted_at: string | null
  consequence: number
  doubt: number
  order_because: string
  rank_at: string
  claimed_by: string | null
  claimed_at: string | null
  lease_until: string | null
  decided_by: string | null
  decided_at: string | null
  outcome: string | null
  proposal: string | null
  undo: string | null
  changed_at: string | null
  superseded_by: string | null
  version: number
  created_at: string
}

export const REVIEW_COLUMNS = 'v.*, t.external_id, t.caller, r.revision'
export const REVIEW_TABLES =
  'reviews v join tickets t on t.id = v.ticket join receipts r on r.decision_id = v.decision_id'

export function reviewOf(row: ReviewRow): Review {
  return {
    id: row.id,
    kind: row.kind,
    decisionId: row.decision_id,
    ticketId: row.external_id,
    caller: row.caller,
    revision: row.revision,
    state: row.state,
    blind: row.blind,
    fourEyes: row.four_eyes,
    severity: row.severity,
    type: row.type,
    team: row.team,
    owner: row.owner,
    backup: row.backup,
    dueAt: row.due_at,
    backupAt: row.backup_at,
    backupToldAt: row.backup_told_at,
    defaultedAt: row.defaulted_at,
    consequence: row.consequence,
    doubt: row.doubt,
    orderBecause: row.order_because,
    claimedBy: row.claimed_by,
    claimedAt: row.claimed_at,
    leaseUntil: row.lease_until,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    outcome: documentOf(row.outcome) as Review['outcome'],
    proposal: documentOf(row.proposal) as Review['proposal'],
    undo: documentOf(row.undo) as Review['undo'],
    changedAt: row.changed_at,
    supersededBy: row.superseded_by,
    version: row.version,
    createdAt: row.created_at,
  }
}

function documentOf(text: string | null): unknown {
  return text === null ? null : parseJson(text)
}

/** Clocks as `json_agg` gives them, whose instants are as the database prints them. */
export function clocksOf(text: string): readonly Clock[] {
  return (parseJson(text) as Clock[]).map((clock) => ({
    ...clock,
    dueAt: new Date(clock.dueAt).toISOString(),
  }))
}
