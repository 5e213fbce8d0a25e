import { describe, expect, test } from 'vitest'
import type { Action, Clock } from '../../src/domain/decision.ts'
import type { ReviewCommand, ReviewStanding } from '../../src/domain/review-state.ts'
import { REVIEW_STATES, transition } from '../../src/domain/review-state.ts'

const NOW = new Date('2026-11-20T11:00:00.000Z')
const LATER = '2026-11-20T11:10:00.000Z'
const EARLIER = '2026-11-20T10:59:59.999Z'

const pending: ReviewStanding = {
  kind: 'held',
  blind: false,
  fourEyes: false,
  proposal: null,
  undo: null,
  changedAt: null,
  version: 1,
  state: 'pending',
  severity: 'P1',
  type: 'technical',
  team: 'platform',
  owner: 'ana',
  backup: 'ben',
  claimedBy: null,
  claimedAt: null,
  leaseUntil: null,
  decidedBy: null,
  decidedAt: null,
  outcome: null,
}
const claimedBy = (name: string, leaseUntil = LATER): ReviewStanding => ({
  ...pending,
  state: 'claimed',
  claimedBy: name,
  leaseUntil,
})
const proposed: readonly Action[] = [
  { kind: 'set_priority', external: false, priority: 'critical', severity: 'P1' },
  { kind: 'assign', external: false, team: 'platform', owner: 'ana', backup: 'ben' },
  { kind: 'add_tags', external: false, tags: ['triage', 'severity:P1', 'team-platform'] },
  { kind: 'notify', external: false, people: ['ana', 'ben', 'cto'], because: 'P1' },
  { kind: 'draft_reply', external: true, body: 'We are on it.' },
]
const as = (actor: string) => ({
  actor,
  now: NOW,
  proposed,
  clocks: [] as Clock[],
  undoSeconds: 10,
})

const claim: ReviewCommand = { kind: 'claim', leaseMinutes: 10 }
const release: ReviewCommand = { kind: 'release' }
const approve: ReviewCommand = { kind: 'approve' }
const override: ReviewCommand = { kind: 'override', changes: { owner: 'cleo' }, reason: 'On leave' }
const dismiss: ReviewCommand = { kind: 'dismiss', severity: 'P4', reason: 'A joke' }

describe('who may do what', () => {
  test.each([
    ['pending', pending, claim, 'claimed'],
    ['pending', pending, approve, 'approved'],
    ['pending', pending, override, 'overridden'],
    ['pending', pending, dismiss, 'dismissed'],
    ['claimed by the same person', claimedBy('rita'), claim, 'claimed'],
    ['claimed by the same person', claimedBy('rita'), release, 'pending'],
    ['claimed by the same person', claimedBy('rita'), approve, 'approved'],
    ['claimed by another, lease over', claimedBy('sam', EARLIER), claim, 'claimed'],
    ['claimed by another, lease over', claimedBy('sam', EARLIER), approve, 'approved'],
  ] as const)('%s: rita may $2.kind', (_name, review, command, state) => {
    expect(transition(review, command, as('rita'))).toMatchObject({ ok: true, next: { state } })
  })

  test.each([
    ['pending', pending, release, /it is not claimed/],
    ['claimed by another', claimedBy('sam'), claim, /sam has claimed it/],
    ['claimed by another', claimedBy('sam'), release, /sam has claimed it/],
    ['claimed by another', claimedBy('sam'), approve, /sam has claimed it/],
    ['claimed by another', claimedBy('sam'), override, /sam has claimed it/],
    ['claimed by another', claimedBy('sam'), dismiss, /sam has claimed it/],
    ['own lease over', claimedBy('rita', EARLIER), release, /it is not claimed/],
  ] as const)('%s: rita may not $2.kind', (_name, review, command, reason) => {
    expect(transition(review, command, as('rita'))).toEqual({
      ok: false,
      reason: expect.stringMatching(reason) as string,
    })
  })

  const closed = REVIEW_STATES.filter((state) => state !== 'pending' && state !== 'claimed')
  test.each(closed)('nothing moves a review that is %s', (state) => {
    for (const command of [claim, release, approve, override, dismiss])
      expect(transition({ ...pending, state }, command, as('rita'))).toEqual({
        ok: false,
        reason: `Cannot ${command.kind} this review: it is ${state}`,
      })
  })
})

describe('what follows', () => {
  test('a claim has a lease and a second claim extends it', () => {
    expect(transition(claimedBy('rita', EARLIER), claim, as('rita'))).toMatchObject({
      next: { claimedBy: 'rita', leaseUntil: LATER },
    })
  })

  test('approval lets the proposed actions happen as they are', () => {
    expect(transition(pending, approve, as('rita'))).toMatchObject({
      next: {
        decidedBy: 'rita',
        decidedAt: NOW.toISOString(),
        outcome: { kind: 'approved', actions: proposed },
      },
    })
  })

  test('an override changes the named fields and every action that shows them', () => {
    const changes = { severity: 'P2', owner: 'cleo', team: 'billing', message: 'Hello' } as const
    const result = transition(pending, { kind: 'override', changes, reason: 'No' }, as('rita'))
    expect(result).toMatchObject({
      ok: true,
      next: {
        state: 'overridden',
        severity: 'P2',
        owner: 'cleo',
        backup: 'ben',
        team: 'billing',
        outcome: {
          kind: 'overridden',
          changes,
          reason: 'No',
          actions: [
            { kind: 'set_priority', priority: 'high', severity: 'P2' },
            { kind: 'assign', team: 'billing', owner: 'cleo', backup: 'ben' },
            { kind: 'add_tags', tags: ['triage', 'severity:P2', 'team-billing'] },
            { kind: 'notify', people: ['cleo', 'ben', 'cto'] },
            { kind: 'draft_reply', body: 'Hello' },
          ],
        },
      },
    })
    expect(result.ok && 'message' in result.next).toBe(false)
  })

  test('a dismissal lowers the severity, keeps the owner, tells nobody and drafts nothing', () => {
    expect(transition(pending, dismiss, as('rita'))).toMatchObject({
      next: {
        state: 'dismissed',
        severity: 'P4',
        owner: 'ana',
        outcome: {
          actions: [
            { kind: 'set_priority', priority: 'low', severity: 'P4' },
            { kind: 'assign', owner: 'ana', backup: 'ben' },
          ],
        },
      },
    })
  })

  test.each([
    [
      'an override of nothing',
      { kind: 'override', changes: {}, reason: 'x' },
      /at least one field/,
    ],
    [
      'an override without a reason',
      { kind: 'override', changes: { owner: 'cleo' }, reason: ' ' },
      /a reason is required/,
    ],
    [
      'one person as owner and backup',
      { kind: 'override', changes: { owner: 'ben' }, reason: 'x' },
      /two people/,
    ],
    ['a dismissal at the same severity', { ...dismiss, severity: 'P1' }, /a severity below P1/],
    ['a dismissal without a reason', { ...dismiss, reason: '' }, /a reason is required/],
  ] as const)('%s is refused', (_name, command, reason) => {
    expect(transition(pending, command, as('rita'))).toEqual({
      ok: false,
      reason: expect.stringMatching(reason) as string,
    })
  })
})
