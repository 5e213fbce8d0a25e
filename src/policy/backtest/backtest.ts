import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import { decide } from '../../domain/decide.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Facts, FactValue } from '../../domain/facts.ts'
import { isMoreSevere, TYPE_OF_INTENT, type Intent, type Severity } from '../../domain/labels.ts'
import type { Limits } from '../../domain/policy.ts'
import type { Receipt } from '../../domain/receipt.ts'

/** "P3 → P1": how many. */
export type Moves = Readonly<Record<string, number>>

export type MovedTicket = {
  readonly decisionId: string
  readonly ticketId: string
  readonly was: MovedDecision
  readonly is: MovedDecision
}
type MovedDecision = {
  readonly severity: Severity
  readonly team: string
  readonly owner: string
  readonly disposition: Decision['disposition']
  /** The rules behind it. */
  readonly because: readonly string[]
}

/** What a policy would have made of stored tickets. Shares are of all tickets; null without any. */
export type Backtest = {
  readonly tickets: number
  readonly moved: number
  readonly movedShare: number | null
  readonly raised: number
  readonly lowered: number
  readonly loweredShare: number | null
  readonly severities: Moves
  readonly teams: Moves
  readonly owners: Moves
  /** Held for a person, before and after, and in the busiest hour. */
  readonly review: {
    readonly was: number
    readonly is: number
    readonly share: number | null
    readonly busiestHourWas: number
    readonly busiestHourIs: number
  }
  /** Tickets that fall to the last resort because nobody of the team is there or below the cap. */
  readonly overflow: { readonly was: number; readonly is: number }
  readonly examples: readonly MovedTicket[]
  /** Limits of the new policy that it would break; not empty: publishing is refused. */
  readonly refusals: readonly string[]
}

type PhraseFacts = Readonly<Record<'phrases' | 'phrases.ids', readonly string[]>>

export type BacktestOptions = {
  /** Reads the new policy's phrases in a redacted text again; absent: the stored hits stand. */
  readonly readPhrases?: (text: string) => Promise<PhraseFacts>
  /** The receipts that a revision follows, oldest first; absent: what they left behind stands. */
  readonly readEarlier?: (receipt: Receipt) => Promise<readonly Receipt[]>
  readonly onProgress?: (tickets: number) => void
  readonly examples?: number
}

const EXAMPLES = 20
const HOUR = 13

/**
 * Decides stored tickets again under `policy`: on the facts, roster and instants of their receipts, with the types and
 * phrases of the new policy. Scorers are never run again, and people are as they were then. A revised ticket is decided
 * from its first receipt on, or what the old policy raised would stand for ever.
 */
export async function backtest(
  receipts: AsyncIterable<Receipt>,
  policy: CompiledPolicy,
  { onProgress, examples: most = EXAMPLES, ...reading }: BacktestOptions = {},
): Promise<Backtest> {
  const count = { tickets: 0, moved: 0, raised: 0, lowered: 0 }
  const severities = counter()
  const teams = counter()
  const owners = counter()
  const held = { was: counter(), is: counter() }
  const overflow = { was: 0, is: 0 }
  const examples: MovedTicket[] = []

  for await (const receipt of receipts) {
    const was = receipt.decision
    const is = await decideUnder(receipt, policy, reading)
    count.tickets += 1
    if (count.tickets % 500 === 0) onProgress?.(count.tickets)
    const hour = receipt.now.slice(0, HOUR)
    if (was.disposition === 'review') held.was.add(hour)
    if (is.disposition === 'review') held.is.add(hour)
    if (isOverflow(was)) overflow.was += 1
    if (isOverflow(is)) overflow.is += 1
    if (!isMoved(was, is)) continue
    count.moved += 1
    if (isMoreSevere(is.severity, was.severity)) count.raised += 1
    if (isMoreSevere(was.severity, is.severity)) count.lowered += 1
    if (was.severity !== is.severity) severities.add(`${was.severity} → ${is.severity}`)
    if (was.route.team !== is.route.team) teams.add(`${was.route.team} → ${is.route.team}`)
    if (was.route.owner.id !== is.route.owner.id)
      owners.add(`${was.route.owner.name} → ${is.route.owner.name}`)
    if (examples.length < most) {
      const { decisionId, ticketId } = receipt
      examples.push({ decisionId, ticketId, was: shown(was), is: shown(is) })
    }
  }
  onProgress?.(count.tickets)
  const share = (part: number) => (count.tickets === 0 ? null : part / count.tickets)
  const result = {
    ...count,
    movedShare: share(count.moved),
    loweredShare: share(count.lowered),
    severities: severities.counts(),
    teams: teams.counts(),
    owners: owners.counts(),
    review: {
      was: held.was.total(),
      is: held.is.total(),
      share: share(held.is.total()),
      busiestHourWas: held.was.most(),
      busiestHourIs: held.is.most(),
    },
    overflow,
    examples,
  }
  return { ...result, refusals: refusalsOf(result, policy.policy.limits ?? {}) }
}

async function decideUnder(
  receipt: Receipt,
  policy: CompiledPolicy,
  { readPhrases, readEarlier }: Pick<BacktestOptions, 'readPhrases' | 'readEarlier'>,
): Promise<Decision> {
  const earlier = receipt.follows === null ? [] : ((await readEarlier?.(receipt)) ?? [])
  const decideAfter = async (one: Receipt, before: Revised | undefined): Promise<Decision> => {
    const phrases = await readPhrases?.(one.redactedText)
    return decide(factsUnder(one, policy, phrases, before), policy, one.roster, one)
  }
  let before: Revised | undefined
  for (const one of earlier) before = { was: one.decision, is: await decideAfter(one, before) }
  return decideAfter(receipt, before)
}

/** The decision that a receipt follows, as it was and as the new policy makes it. */
type Revised = { readonly was: Decision; readonly is: Decision }

/** What the new policy makes of the same message: types, phrases and what was decided before are its own. */
function factsUnder(
  { facts }: Receipt,
  { policy }: CompiledPolicy,
  phrases: PhraseFacts | undefined,
  before: Revised | undefined,
): Facts {
  const intent = facts.values['intent'] as Intent | undefined
  return {
    ...facts,
    values: {
      ...facts.values,
      ...(intent !== undefined && { type: policy.types[intent] ?? TYPE_OF_INTENT[intent] }),
      ...phrases,
      ...(before !== undefined && leftBy(before, facts)),
    },
  }
}

/** What the decision before left behind. What a person had changed by then stays as that person left it. */
function leftBy({ was, is }: Revised, { values }: Facts): Facts['values'] {
  const left: Record<string, FactValue> = {}
  const put = (fact: string, old: FactValue, now: FactValue) => {
    if (values[fact] === old) left[fact] = now
  }
  put('ticket.severityBefore', was.severity, is.severity)
  put('ticket.heldBefore', was.disposition === 'review', is.disposition === 'review')
  put('ticket.ownerBefore', was.route.owner.id, is.route.owner.id)
  return left
}

function isMoved(was: Decision, is: Decision): boolean {
  return (
    was.severity !== is.severity ||
    was.route.team !== is.route.team ||
    was.route.owner.id !== is.route.owner.id ||
    was.disposition !== is.disposition
  )
}

const isOverflow = ({ route }: Decision) => route.lastResort === true

function shown({ severity, route, disposition, reasons }: Decision): MovedDecision {
  return {
    severity,
    team: route.team,
    owner: route.owner.name,
    disposition,
    because: reasons.filter(({ kind }) => kind !== 'owner').map(({ rule }) => rule),
  }
}

function refusalsOf(
  { movedShare, loweredShare, review }: Pick<Backtest, 'movedShare' | 'loweredShare' | 'review'>,
  limits: Limits,
): readonly string[] {
  return [
    ...over('tickets decided otherwise', movedShare, limits.moved),
    ...over('tickets lowered', loweredShare, limits.lowered),
    ...over('tickets held for a person', review.share, limits.reviewShare),
  ]
}

function over(what: string, share: number | null, most: number | undefined): readonly string[] {
  if (share === null || most === undefined || share <= most) return []
  return [`${what}: ${percent(share)}, the policy allows ${percent(most)}`]
}

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`

function counter() {
  const counts = new Map<string, number>()
  return {
    add: (key: string) => void counts.set(key, (counts.get(key) ?? 0) + 1),
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    most: () => Math.max(0, ...counts.values()),
    /** The most frequent first. */
    counts: () => Object.fromEntries([...counts].sort((a, b) => b[1] - a[1])),
  }
}
