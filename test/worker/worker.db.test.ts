import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyChain } from '../../src/store/seal.ts'
import { criticalTicket, harmlessTicket } from '../support/app.ts'
import type { BothRuntimes, Pair } from './both-runtimes.ts'
import { openBothRuntimes } from './both-runtimes.ts'
import { differences, floorOf, wholeDecision } from './compare-receipts.ts'
import { ODD_TICKETS, suiteTickets } from './varied-tickets.ts'

/** Dynamic int8 rounds differently in WebAssembly, so a score on an edge may fall on its other side. */
const LEAST_EQUAL = 0.99

let both: BothRuntimes
beforeAll(async () => {
  both = await openBothRuntimes()
}, 60_000)
afterAll(() => both?.close(), 20_000)

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

// First, while both stores are empty.
describe('decisions of the Worker and of Node', () => {
  const pairs: Pair[] = []
  beforeAll(async () => {
    for (const ticket of [...suiteTickets(60), ...ODD_TICKETS])
      pairs.push(await both.decideOnBoth(ticket))
  }, 60_000)

  test('are made with both scorers', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(70)
    for (const { worker, node } of pairs)
      expect([...worker.degraded, ...node.degraded], worker.ticketId).toEqual([])
  })

  test('have identical floors', () => {
    for (const { ticket, worker, node } of pairs)
      expect(floorOf(worker), ticket.id).toEqual(floorOf(node))
    const floors = new Set(pairs.map(({ worker }) => worker.decision.floor))
    expect(floors.size).toBeGreaterThan(1)
  })

  test(`are equal as a whole in ${LEAST_EQUAL * 100} of 100 tickets`, () => {
    const differing = pairs.flatMap(({ ticket, worker, node }) => {
      const found = differences(wholeDecision(worker), wholeDecision(node))
      return found.length === 0 ? [] : [`${ticket.id}: ${found.join('; ')}`]
    })
    if (differing.length > 0) console.log(differing.join('\n'))
    const equal = (pairs.length - differing.length) / pairs.length
    expect(equal, differing.join('\n')).toBeGreaterThanOrEqual(LEAST_EQUAL)
  })
})

describe('the Worker', { timeout: 30_000 }, () => {
  test('is ready with store, schema and model', async () => {
    const response = await fetch(`${both.worker.url}/readyz`)
    expect(await response.json()).toMatchObject({
      ready: true,
      checks: [
        { name: 'store', ok: true },
        { name: 'migrations', ok: true },
        { name: 'model', ok: true },
      ],
    })
    expect(response.status).toBe(200)
  })

  test('asks for a key, even on loopback', async () => {
    const without = await fetch(`${both.worker.url}/triage`, post(harmlessTicket()))
    expect(without.status).toBe(401)
    const unknown = await both.send('/triage', post(harmlessTicket()), 'trg_nobody')
    expect(unknown.status).toBe(401)
    const wrong = await both.send('/triage', post(harmlessTicket()), await both.newKey('reviewer'))
    expect(wrong.status).toBe(403)
  })

  test('serves the review desk: sign-in, queue, its two files, and changes as they happen', async () => {
    const { url } = both.worker
    const signIn = await fetch(`${url}/review/sign-in`)
    const files = [...(await signIn.text()).matchAll(/"(\/review\/assets\/[^"]+)"/g)]
    expect(files).toHaveLength(2)
    for (const [, file] of files) expect((await fetch(url + file)).status, file).toBe(200)

    const signedIn = await fetch(`${url}/review/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: url },
      body: new URLSearchParams({ key: await both.newKey('reviewer') }),
    })
    const headers = { cookie: signedIn.headers.get('set-cookie')!.split(';')[0]! }
    expect((await fetch(`${url}/review`, { redirect: 'manual' })).status).toBe(303)
    expect((await fetch(`${url}/review`, { headers })).status).toBe(200)
    const events = (await fetch(`${url}/review/events`, { headers })).body!.getReader()
    expect(new TextDecoder().decode((await events.read()).value)).toContain('event: queue')
    await events.cancel()
  })

  test('shows the documentation and serves no file of the model', async () => {
    for (const path of ['/docs', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'])
      expect((await fetch(both.worker.url + path)).status, path).toBe(200)
    const api = (await (await fetch(`${both.worker.url}/openapi.json`)).json()) as { paths: object }
    expect(Object.keys(api.paths)).toContain('/triage')
    for (const path of ['/config.json', '/tokenizer.json', '/onnx/model_quantized.onnx'])
      expect((await both.send(path)).status, path).toBe(404)
  })

  test('decides with phrases and the model, and replays byte-identically', async () => {
    for (const ticket of [criticalTicket(), harmlessTicket(), ...ODD_TICKETS.slice(0, 3)]) {
      const answer = await both.triage({ ...ticket, id: `replay-${ticket.id}` })
      expect(answer.degraded).toEqual([])
      expect(answer.scorers.map((scorer) => scorer.name)).toEqual(['phrases', 'local'])
      const replayed = await both.send(`/decisions/${answer.decisionId}/replay`, post({}))
      expect(await replayed.json()).toMatchObject({ identical: true, differences: [] })
    }
  })

  test('gives a retry the stored bytes, and refuses the key with another body', async () => {
    const ticket = harmlessTicket()
    const first = await both.send('/triage', post(ticket, { 'idempotency-key': 'k' }))
    const again = await both.send('/triage', post(ticket, { 'idempotency-key': 'k' }))
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.text()).toBe(await first.text())
    const other = await both.send('/triage', post(harmlessTicket(), { 'idempotency-key': 'k' }))
    expect(other.status).toBe(422)
  })

  test('decides one ticket once when it is sent many times at once', async () => {
    const ticket = criticalTicket()
    const responses = await Promise.all(
      Array.from({ length: 8 }, () => both.send('/triage', post(ticket))),
    )
    const bodies = await Promise.all(
      responses.filter(({ status }) => status === 200).map((response) => response.text()),
    )
    expect(bodies.length).toBeGreaterThan(0)
    expect(new Set(bodies).size).toBe(1)
    expect(responses.every(({ status }) => status === 200 || status === 409)).toBe(true)
  })

  test('holds a critical ticket until a person approves it', async () => {
    const answer = await both.triage(criticalTicket())
    expect(answer).toMatchObject({ severity: 'P1', disposition: 'review', actions: [] })
    const id = answer.review!.id
    const approved = await both.send(`/reviews/${id}/approve`, post({}))
    expect(approved.status).toBe(200)
    expect(await approved.json()).toMatchObject({ id, state: 'approved' })
    expect((await both.send(`/reviews/${id}/approve`, post({}))).status).toBe(409)
  })

  test('streams a batch: the client of the store lives until the last line', async () => {
    const lines = Array.from({ length: 40 }, (_, at) =>
      JSON.stringify(harmlessTicket(`line-${at}`)),
    )
    lines[7] = '{"id":'
    const response = await both.send('/triage/batch', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    })
    const answers = (await response.text()).split('\n').filter(Boolean)
    expect(answers.length).toBe(40)
    answers.forEach((line, at) =>
      expect(JSON.parse(line)).toMatchObject(at === 7 ? { line: 8 } : { ticketId: `line-${at}` }),
    )
  })

  test('a caller that leaves in the middle harms nobody else', async () => {
    const leaving = Array.from({ length: 6 }, (_, at) =>
      both
        .send('/triage', { ...post(harmlessTicket()), signal: AbortSignal.timeout(5 + 10 * at) })
        .catch(() => {}),
    )
    await Promise.all(leaving)
    for (let at = 0; at < 6; at++)
      expect((await both.triage(harmlessTicket())).degraded).toEqual([])
  })

  test('its cron job seals the audit chain', async () => {
    await both.triage(harmlessTicket())
    expect((await both.worker.runScheduled()).status).toBe(200)
    expect(await verifyChain(both.db)).toMatchObject({ ok: true, unsealed: 0 })
  })
})

describe('while the store is away', { timeout: 30_000 }, () => {
  test('the Worker answers 503, and decides again when it is back', async () => {
    await both.postgres.kill()
    const away = await both.send('/triage', post(harmlessTicket()))
    expect(away.status).toBe(503)
    expect(away.headers.get('retry-after')).toBe('1')
    expect((await fetch(`${both.worker.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${both.worker.url}/healthz`)).status).toBe(200)
    await both.postgres.restart()
    expect((await both.triage(harmlessTicket())).degraded).toEqual([])
  })
})
