import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { loadPolicy } from '../../src/compose/policy.ts'
import { openDeliverer } from '../../src/compose/deliverer.ts'
import { createNodePost } from '../../src/delivery/post-node.ts'
import type { EndpointKind } from '../../src/domain/webhook.ts'
import type { Db } from '../../src/store/db.ts'
import { forTenant } from '../../src/store/db.ts'
import { listDeadLetters } from '../../src/store/deliveries.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { transitionReview } from '../../src/store/reviews.ts'
import { listWebhooks, registerWebhook, rotateSecret } from '../../src/store/webhooks.ts'
import { aRecord, newId } from '../store/a-record.ts'
import { startReceiver } from '../support/receiver.ts'
import { openTestPglite } from '../support/store.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`

type Envelope = { type: string; timestamp: string; data: Record<string, unknown> }

let store: Db
let receiver: Awaited<ReturnType<typeof startReceiver>>
let policy: Awaited<ReturnType<typeof loadPolicy>>['compiled']

beforeAll(async () => {
  store = await openTestPglite()
  policy = (await loadPolicy('policies/saas.yaml')).compiled
  receiver = await startReceiver((path, count) => {
    if (path.startsWith('/flaky')) return { status: count === 1 ? 503 : 204 }
    if (path.startsWith('/busy')) return { status: 429, headers: { 'retry-after': '3600' } }
    if (path.startsWith('/moved')) return { status: 302, headers: { location: '/well' } }
    if (path.startsWith('/gone')) return { status: 410 }
    if (path.startsWith('/slow')) return { status: 200, afterMs: count <= 8 ? 8_000 : 0 }
    return { status: 200 }
  })
})
afterAll(async () => {
  await receiver.close()
  await store.close()
})

/** A tenant of its own with one endpoint per path; the clock is ours, and stands still until it is moved. */
async function open(
  name: string,
  paths: readonly string[],
  options: { kind?: EndpointKind; ticketText?: boolean; allowPrivate?: boolean; url?: string } = {},
) {
  const db = forTenant(store, name)
  const started = new Date()
  let now = started
  const ids = paths.map(() => newId('hook'))
  for (const [index, path] of paths.entries())
    await registerWebhook(db, {
      id: ids[index]!,
      kind: options.kind ?? 'webhook',
      url: `${options.url ?? receiver.url}${path}`,
      events: [],
      secret: SECRET,
      actor: 'root',
      now: started,
    })
  const deliverer = openDeliverer({
    db,
    policy: {
      ...policy,
      policy: { ...policy.policy, webhooks: { ticketText: options.ticketText ?? false } },
    },
    post: createNodePost({ allowPrivate: options.allowPrivate ?? true }),
    publicUrl: 'https://triage.example.test',
    now: () => now,
    onError: (error) => {
      throw error
    },
  })
  return {
    db,
    ids,
    deliverer,
    secondsLater: (seconds: number) => (now = new Date(started.getTime() + seconds * 1_000)),
    pass: async () => {
      await deliverer.pass()
      await deliverer.settled()
    },
    held: async (severity: 'P1' | 'P3' = 'P1') => {
      const record = aRecord({ severity, now: started })
      await recordTriage(db, record)
      return record
    },
    started,
  }
}

describe('signed events', () => {
  test('the published verifier accepts each, and numbers run per ticket without gaps', async () => {
    const { db, pass, held, started } = await open('signed', ['/signed'])
    const record = await held()
    const by = { actor: 'rita', now: started }
    await transitionReview(db, record.review!.id, { kind: 'approve' }, by)
    await pass()
    const got = receiver.on('/signed')
    const verifier = new Webhook(SECRET)
    const events = got.map(({ body, headers }) => verifier.verify(body, headers) as Envelope)
    expect(events.map(({ type }) => type).sort()).toEqual([
      'decision.made',
      'review.decided',
      'review.opened',
    ])
    const numbers = events.map(({ data }) => Number(data['sequence']))
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3])
    const decided = events.find(({ type }) => type === 'review.decided')!
    expect(decided.data).toMatchObject({
      ticketId: record.ticket.id,
      outcome: 'approved',
      actions: record.receipt.decision.proposed,
    })
    const made = events.find(({ type }) => type === 'decision.made')!
    expect(made.data['decision']).toMatchObject({
      decisionId: record.receipt.decisionId,
      actions: [],
    })
    const { body, headers } = got[0]!
    expect(() => verifier.verify(`${body} `, headers)).toThrow(/signature/i)
    await pass()
    expect(receiver.on('/signed')).toHaveLength(3)
  })

  test('while a secret is changed both verify, afterwards only the new one', async () => {
    const { db, ids, pass, held, started, secondsLater } = await open('rotated', ['/rotated'])
    const previousUntil = new Date(started.getTime() + 60_000)
    const change = { id: ids[0]!, secret: OTHER, previousUntil, actor: 'root', now: started }
    await rotateSecret(db, change)
    await held('P3')
    await pass()
    const first = receiver.on('/rotated')[0]!
    for (const secret of [SECRET, OTHER])
      expect(() => new Webhook(secret).verify(first.body, first.headers)).not.toThrow()
    secondsLater(61)
    await held('P3')
    await pass()
    const second = receiver.on('/rotated')[1]!
    expect(() => new Webhook(OTHER).verify(second.body, second.headers)).not.toThrow()
    expect(() => new Webhook(SECRET).verify(second.body, second.headers)).toThrow(/signature/i)
  })

  test("the customer's words go out only where the policy allows it", async () => {
    const closed = await open('closed', ['/closed'])
    const allowed = await open('allowed', ['/allowed'], { ticketText: true })
    await closed.held()
    await allowed.held()
    await closed.pass()
    await allowed.pass()
    const bodies = (path: string) => receiver.on(path).map(({ body }) => body)
    expect(bodies('/closed')).toHaveLength(2)
    for (const body of bodies('/closed')) expect(body).not.toContain('Checkout')
    expect(bodies('/allowed').join('')).toContain('"quote":"Checkout"')
  })
})

describe('what goes wrong', () => {
  test('a failure is tried again on the published schedule with the same id, and then is over', async () => {
    const { db, pass, held, secondsLater } = await open('flaky', ['/flaky'])
    await held('P3')
    await pass()
    secondsLater(4.9)
    await pass()
    expect(receiver.on('/flaky')).toHaveLength(1)
    secondsLater(6.1)
    await pass()
    const [first, second] = receiver.on('/flaky')
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
    expect(await listDeadLetters(db)).toEqual([])
  })

  test('Retry-After is waited for, and a redirect is a failure that nobody follows', async () => {
    const { db, pass, held, secondsLater } = await open('waits', ['/busy', '/moved'])
    await held('P3')
    await pass()
    secondsLater(3_599)
    await pass()
    expect(receiver.on('/busy')).toHaveLength(1)
    expect(receiver.on('/moved')).toHaveLength(2)
    expect(receiver.on('/well')).toEqual([])
    secondsLater(3_601)
    await pass()
    expect(receiver.on('/busy')).toHaveLength(2)
    const errors = await db.rows<{ last_error: string }>(
      `select distinct last_error from deliveries where tenant = 'waits' order by 1`,
    )
    expect(errors.map((row) => row.last_error)).toEqual(['It answered 302', 'It answered 429'])
  })

  test('410 disables the endpoint and says so', async () => {
    const { db, pass, held } = await open('gone', ['/gone'])
    await held('P3')
    await held('P3')
    await pass()
    expect(await listWebhooks(db)).toMatchObject([{ enabled: false }])
    expect((await listDeadLetters(db)).map(({ lastError }) => lastError)).toEqual([
      'It answered 410: gone',
      'It answered 410: gone',
    ])
  })

  test('after ten tries it is a dead letter', async () => {
    const { db, deliverer, held, secondsLater } = await open('dead', ['/never'], {
      url: 'http://127.0.0.1:9',
    })
    await held('P3')
    let seconds = 0
    for (let tries = 0; tries < 12; tries++) {
      await deliverer.pass()
      await deliverer.settled()
      secondsLater((seconds += 30 * 3_600))
    }
    expect(await listDeadLetters(db)).toMatchObject([
      { attempts: 10, lastError: 'It could not be reached: ECONNREFUSED' },
    ])
  })

  test('an endpoint that hangs holds up nobody else', async () => {
    const { deliverer, held } = await open('isolated', ['/slow', '/quick'])
    for (let n = 0; n < 20; n++) await held('P3')
    const began = Date.now()
    await deliverer.pass()
    while (receiver.on('/quick').length < 20) await new Promise((done) => setTimeout(done, 10))
    expect(Date.now() - began).toBeLessThan(8_000)
    expect(receiver.on('/slow').length).toBeLessThanOrEqual(8)
    await deliverer.settled()
    expect(receiver.on('/slow')).toHaveLength(20)
  })
})

describe('addresses that nothing may be sent to', () => {
  test.each([
    ['a literal address', () => receiver.url],
    ['a name that leads inside', () => `http://localhost:${receiver.port}`],
    ['IPv4 as one number', () => `http://2130706433:${receiver.port}`],
    ['IPv4 in IPv6', () => `http://[::ffff:127.0.0.1]:${receiver.port}`],
    ['every address of this machine', () => `http://0.0.0.0:${receiver.port}`],
    ['cloud metadata', () => 'http://169.254.169.254'],
  ])('%s', async (name, url) => {
    const options = { allowPrivate: false, url: url() }
    const { db, pass, held } = await open(`guard ${name}`, ['/inside'], options)
    await held('P3')
    await pass()
    expect(receiver.on('/inside')).toEqual([])
    const [row] = await db.rows<{ last_error: string }>(
      'select last_error from deliveries where tenant = $1',
      [db.tenant],
    )
    expect(row!.last_error).toContain('The address is private')
  })
})

test.each([
  ['leads inside', ['127.0.0.1']],
  ['leads outside and inside', ['93.184.215.14', '10.0.0.1']],
  ['leads inside over IPv6', ['fd00::1']],
  ['leads inside through an IPv6 form', ['64:ff9b::7f00:1']],
])('a name that %s is found out in the lookup of the socket', async (_, addresses) => {
  let lookups = 0
  const lookup = ((_name: string, _options: object, answer: (...told: unknown[]) => void) => {
    lookups += 1
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }) as unknown as typeof import('node:dns').lookup
  const post = createNodePost({ allowPrivate: false, lookup })
  const url = `http://rebound.example.test:${receiver.port}/inside`
  await expect(post({ url, headers: {}, body: '{}' })).rejects.toThrow(/address is private/)
  expect(lookups).toBe(1)
  expect(receiver.on('/inside')).toEqual([])
})

test('Slack gets the card with a link, and nothing in it is markup', async () => {
  const { db, pass, started } = await open('slack', ['/slack'], { kind: 'slack', ticketText: true })
  const hostile = '<!channel> & <https://evil.test|click> *x*'
  const record = aRecord({ severity: 'P1', ticket: { id: hostile, body: hostile }, now: started })
  await recordTriage(db, record)
  await pass()
  const [message, ...others] = receiver.on('/slack').map(({ body }) => body)
  expect(others).toEqual([])
  const { blocks } = JSON.parse(message!) as { blocks: { type: string }[] }
  expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'actions'])
  const markdown = message!.match(/"type":"mrkdwn","text":"(?:[^"\\]|\\.)*"/g)!.join('\n')
  expect(markdown).not.toMatch(/<|>/)
  expect(markdown).toContain('Nobody can pay')
  expect(markdown).toContain('“Checkout”')
  expect(message).toContain(`https://triage.example.test/review/${record.review!.id}`)
  expect((JSON.parse(message!) as { text: string }).text).not.toContain('<!channel>')
})

test('of a blind review neither a message nor an event tells the suggestion', async () => {
  const { db, pass, started } = await open('blind', ['/blind'])
  await registerWebhook(db, {
    id: newId('hook'),
    kind: 'slack',
    url: `${receiver.url}/blind-slack`,
    events: [],
    secret: SECRET,
    actor: 'root',
    now: started,
  })
  const review = { kind: 'sample', blind: true } as const
  const record = aRecord({ severity: 'P2', now: started, review })
  await recordTriage(db, record)
  await pass()
  const [message] = receiver.on('/blind-slack').map(({ body }) => body)
  expect(message).toContain(`${record.ticket.id} waits for a person`)
  for (const told of ['P2', 'technical', 'platform', 'Ana', 'Nobody can pay'])
    expect(message).not.toContain(told)
  const opened = receiver
    .on('/blind')
    .map(({ body }) => JSON.parse(body) as Envelope)
    .find(({ type }) => type === 'review.opened')!
  expect(opened.data).toMatchObject({ blind: true, reviewId: record.review!.id })
  for (const hidden of ['severity', 'team', 'owner', 'decision'])
    expect(opened.data).not.toHaveProperty(hidden)
})
