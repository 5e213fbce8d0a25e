import { createHash } from 'node:crypto'
import { bucketOf } from '../../src/domain/incident.ts'
import { answerOf } from '../../src/domain/answer.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { Severity } from '../../src/domain/labels.ts'
import { PRIORITY_OF_SEVERITY } from '../../src/domain/labels.ts'
import type { PlannedReview } from '../../src/domain/plan-review.ts'
import type { Receipt, TriageRecord } from '../../src/domain/receipt.ts'
import type { Ticket } from '../../src/domain/ticket.ts'
import { ticketText } from '../../src/domain/ticket.ts'
import { customerNumber } from '../../src/fingerprint.ts'

export const NOW = new Date('2026-11-20T11:00:00.000Z')
let count = 0
/** Ids in a test only need to differ. */
export const newId = (kind: string) => `${kind}-${++count}`

export type RecordPlan = {
  readonly ticket?: Partial<Ticket>
  readonly severity?: Severity
  readonly held?: boolean
  readonly caller?: string
  readonly key?: string
  readonly fingerprint?: string
  readonly follows?: { readonly decisionId: string; readonly revision: number }
  readonly owner?: string
  readonly now?: Date
  readonly keys?: readonly string[]
  /** What differs from a plain review of a held ticket; opens one also where nothing is held. */
  readonly review?: Partial<PlannedReview>
  readonly claim?: TriageRecord['claim']
  readonly incident?: TriageRecord['incident']
}

/** A whole record of a decision, as `triage` would hand it to the store. */
export function aRecord(plan: RecordPlan = {}): TriageRecord {
  const { severity = 'P3', held = severity === 'P1', owner = 'ana', now = NOW } = plan
  const ticket: Ticket = {
    id: newId('T'),
    subject: 'Checkout fails',
    body: 'Our whole team cannot pay since this morning.',
    customer: { id: 'acme' },
    ...plan.ticket,
  }
  const at = now.toISOString()
  const dueAt = new Date(now.getTime() + 15 * 60_000).toISOString()
  const decision: Decision = {
    severity,
    floor: severity,
    priority: PRIORITY_OF_SEVERITY[severity],
    type: 'technical',
    disposition: held ? 'review' : 'auto',
    route: {
      id: 'technical',
      team: 'platform',
      tier: 2,
      owner: { id: owner, name: 'Ana' },
      backup: { id: 'ben', name: 'Ben' },
    },
    clocks: (['first_response', 'update', 'resolution'] as const).map((kind) => ({
      kind,
      dueAt,
      target: '15m',
      calendar: 'always',
    })),
    proposed: [
      { kind: 'set_priority', external: false, priority: PRIORITY_OF_SEVERITY[severity], severity },
      { kind: 'assign', external: false, team: 'platform', owner, backup: 'ben' },
      { kind: 'add_tags', external: false, tags: ['triage', `severity:${severity}`] },
      { kind: 'notify', external: false, people: [owner, 'ben'], because: 'P1' },
      { kind: 'draft_reply', external: true, body: 'We are on it.' },
    ],
    ...(held && {
      review: {
        dueAt,
        backupAt: dueAt,
        because: ['critical'],
        reviewers: [{ id: 'r', name: 'R' }],
      },
    }),
    reasons: [
      {
        rule: 'outage',
        kind: 'trigger',
        sentence: 'Nobody can pay',
        raise: severity,
        floor: true,
        evidence: [{ start: 0, end: 8, quote: 'Checkout', source: 'phrase' }],
        compared: [{ fact: 'impact.affectedUsers', value: 340, asked: '≥ 100' }],
      },
    ],
  }
  const text = ticketText(ticket)
  const receipt: Receipt = {
    schema: 1,
    decisionId: newId('D'),
    ticketId: ticket.id,
    revision: (plan.follows?.revision ?? 0) + 1,
    follows: plan.follows?.decisionId ?? null,
    textHmac: hash(`salt${text}`),
    redactedText: text,
    scorers: [{ name: 'phrases', version: '1', ms: 0.4, scores: {} }],
    signals: {
      sentiment: { value: -1, label: 'negative', confidence: 0.8, band: 'high' },
      emotions: [{ label: 'frustration', confidence: 0.7, band: 'medium' }],
      intent: { label: 'outage', confidence: 0.9, band: 'high', alternatives: [] },
      urgency: { value: 3, confidence: 0.9, band: 'high' },
      priority: { label: 'critical', confidence: 0.6, band: 'medium' },
      language: { code: 'en', confidence: 1 },
      triggers: [],
      spikes: [],
    },
    facts: { values: { intent: 'outage', 'impact.affectedUsers': 340 }, evidence: {} },
    roster: { open: { ana: 3, ben: 1 } },
    now: at,
    clockStart: at,
    policy: { id: 'saas', version: '1.0.0', hash: hash('policy') },
    degraded: [],
    decision,
  }
  const review = held
    ? aReview({ dueAt, ...plan.review })
    : ((plan.review && aReview({ dueAt, ...plan.review })) ?? null)
  const reviewId = review?.kind === 'held' ? review.id : null
  const contentHash = hash(JSON.stringify(ticket))
  return {
    receipt,
    ticket,
    caller: plan.caller ?? 'zendesk',
    contentHash,
    salt: 'salt',
    review,
    idempotency:
      plan.key === undefined
        ? null
        : {
            key: plan.key,
            fingerprint: plan.fingerprint ?? contentHash,
            expiresAt: new Date(now.getTime() + 24 * 3_600_000).toISOString(),
          },
    answer: JSON.stringify(answerOf(receipt, reviewId)),
    clocks: decision.clocks.map((clock) => ({
      ...clock,
      state: 'running' as const,
      startedAt: at,
      warnings: [],
    })),
    seen: 0,
    claim: plan.claim ?? null,
    observed: {
      customer: customerNumber(ticket.customer?.id ?? 'anonymous'),
      bucket: bucketOf(now),
      keys: (plan.keys ?? ['intent:outage', 'word:checkout', 'word:team', 'word:pay']).map(
        (key) => ({ key, weight: 1 }),
      ),
    },
    incident: plan.incident ?? null,
    topics: plan.keys ?? ['intent:outage', 'word:checkout', 'word:team', 'word:pay'],
    textHash: hash(text),
  }
}

export function aReview(plan: Partial<PlannedReview> & { readonly dueAt: string }): PlannedReview {
  return {
    id: newId('R'),
    kind: 'held',
    backupAt: plan.dueAt,
    blind: false,
    fourEyes: false,
    consequence: 64,
    doubt: 1,
    orderBecause: 'P1',
    rankAt: plan.dueAt,
    route: 'technical',
    words: 12,
    expected: null,
    ...plan,
  }
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
