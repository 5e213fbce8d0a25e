import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { Db } from '../../src/store/db.ts'
import { createKey } from '../../src/store/keys.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { seal, verifyChain } from '../../src/store/seal.ts'
import { aRecord } from '../store/a-record.ts'
import { openApp } from './app.ts'
import { seededRandom } from './seeded-random.ts'

export type Races = {
  readonly races: number
  readonly requests: number
  /** Races without exactly one winner, in the answers or in the store. */
  readonly wrong: readonly string[]
  /** Answers that are neither 200 nor a 409 with the current state. */
  readonly odd: readonly string[]
  readonly chain: string
}

const CLIENTS = 64
/** Reviews that the clients fight over at a time. */
const CONTESTED = 16

/**
 * 64 signed-in people decide the same reviews over HTTP at the same moments, some of them claiming first. Of each review
 * one decision wins, and everybody else is told with 409 and the current state.
 */
export async function runRaces(
  db: Db,
  { races, seed }: { races: number; seed: number },
): Promise<Races> {
  const random = seededRandom(seed)
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const api = await openApp(db, { scorers: [createPhraseScorer(compiled.policy.phrases, '1')] })
  const people: { name: string; key: string }[] = []
  for (let n = 0; n < CLIENTS; n++) {
    const secret = new Uint8Array(32).map(() => Math.floor(random() * 256))
    const plan = { id: `key-${n}`, name: `reviewer-${n}`, roles: ['reviewer'] as const, secret }
    const { key } = await createKey(db, { ...plan, actor: 'rig', now: new Date() })
    people.push({ name: plan.name, key })
  }
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!
  const decisions = [
    ['approve', {}],
    ['approve', { version: 1 }],
    ['override', { changes: { severity: 'P2' }, reason: 'One user' }],
    ['dismiss', { severity: 'P4', reason: 'A drill' }],
  ] as const
  const wrong: string[] = []
  const odd: string[] = []
  let requests = 0

  async function decide(id: string, person: (typeof people)[number]) {
    const headers = { authorization: `Bearer ${person.key}` }
    const send = async (verb: string, body: object) => {
      requests += 1
      const response = await api.post(`/reviews/${id}/${verb}`, body, headers)
      const answer = (await response.json()) as { current?: { id: string; state: string } }
      const told = response.status === 409 && answer.current?.id === id
      if (response.status !== 200 && !told) odd.push(`${verb}: ${response.status}`)
      return response.status === 200
    }
    if (random() < 0.2) await send('claim', { leaseMinutes: 1 })
    const [verb, body] = pick(decisions)
    return (await send(verb, body)) ? { name: person.name, verb } : null
  }

  for (let begun = 0; begun < races; begun += CONTESTED) {
    const ids: string[] = []
    for (let n = begun; n < Math.min(begun + CONTESTED, races); n++) {
      const record = aRecord({ severity: 'P1', now: new Date() })
      await recordTriage(db, record)
      ids.push(record.review!.id)
    }
    const tries = people.map((person, n) => {
      // Everybody's first review is contested by somebody.
      const id = n < ids.length ? ids[n]! : pick(ids)
      return decide(id, person).then((won) => ({ id, won }))
    })
    const answers = await Promise.all(tries)
    for (const id of ids) {
      const winners = answers.flatMap((answer) => (answer.id === id ? (answer.won ?? []) : []))
      // Whoever holds a claim may have lost interest; then the review is still open, and nobody won.
      if (winners.length === 0) winners.push(...(await finish(id)))
      const problem = await judge(db, id, winners)
      if (problem !== null) wrong.push(problem)
    }
  }
  /** The holder of the claim decides. */
  async function finish(id: string) {
    const [row] = await db.rows<{ claimed_by: string | null }>(
      'select claimed_by from reviews where id = $1',
      [id],
    )
    const holder = people.find(({ name }) => name === row?.claimed_by) ?? people[0]!
    const headers = { authorization: `Bearer ${holder.key}` }
    const response = await api.post(`/reviews/${id}/approve`, {}, headers)
    requests += 1
    return response.status === 200 ? [{ name: holder.name, verb: 'approve' as const }] : []
  }
  while ((await seal(db, new Date())) > 0);
  const report = await verifyChain(db)
  const chain = report.ok ? 'valid' : `broken: ${report.firstBreak.what}`
  if (api.unexpected.length > 0) odd.push(`unexpected: ${String(api.unexpected[0])}`)
  return { races, requests, wrong, odd, chain }
}

const STATE_OF = { approve: 'approved', override: 'overridden', dismiss: 'dismissed' } as const

async function judge(
  db: Db,
  id: string,
  winners: readonly { readonly name: string; readonly verb: keyof typeof STATE_OF }[],
): Promise<string | null> {
  const [winner, second] = winners
  if (winner === undefined || second !== undefined) return `${id}: ${winners.length} winners`
  const [row] = await db.rows<{ state: string; by: string; told: number; logged: number }>(
    `select v.state, v.decided_by as by,
            (select count(*)::int from outbox o where o.ticket = v.ticket and o.type = 'review.decided') as told,
            (select count(*)::int from audit a where a.ticket = v.ticket
                and a.action in ('review.approved', 'review.overridden', 'review.dismissed')) as logged
       from reviews v where v.id = $1`,
    [id],
  )
  const { state, by, told, logged } = row!
  const right = state === STATE_OF[winner.verb] && by === winner.name && told === 1 && logged === 1
  return right
    ? null
    : `${id}: ${winner.name} won, ${state} by ${by}, told ${told}, logged ${logged}`
}
