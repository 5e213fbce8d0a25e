import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { EVENTS } from '../../src/domain/events.ts'
import { startOpenAiServer } from '../support/openai-server.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { startService } from '../support/service.ts'

const HELP = `Sends tickets that carry personal data, each value once and recognisable, through the whole service with an LLM and a webhook,
good requests and broken ones, and looks for every value where it may not be: logs, metrics, LLM requests, error bodies,
webhook texts, receipts.

  npm run rig:canaries -- --count 10000 --seed 1`

export const PLACES = [
  'logs',
  'metrics',
  'LLM requests',
  'error bodies',
  'webhooks',
  'receipts',
] as const
type Place = (typeof PLACES)[number]

export type CanaryReport = {
  readonly canaries: number
  readonly tickets: number
  readonly errors: number
  readonly llmRequests: number
  readonly webhookCalls: number
  /** Kind → how many were seen, by place. */
  readonly seen: Readonly<Record<Place, Readonly<Record<string, number>>>>
}

type Canary = { readonly kind: string; readonly value: string }

/** Every value differs, is of its kind, and is nobody's. */
function makeCanary(kind: (typeof KINDS)[number], nth: number): string {
  const digits = String(nth).padStart(6, '0')
  const letters = Array.from(digits, (digit) => 'bcdfghjklm'[Number(digit)]).join('')
  const title = letters.charAt(0).toUpperCase() + letters.slice(1)
  switch (kind) {
    case 'email':
      return `canary.${letters}@example.org`
    case 'phone':
      return `+44 7700 ${digits}`
    case 'card':
      return withLuhn(`411111111${digits}`)
    case 'iban':
      return withIbanCheck('DE', `5001051754${digits}00`)
    case 'secret':
      return `sk_live_${letters}${digits}canary`
    case 'password':
      return `${letters}${digits}!x`
    case 'national_id':
      return `${digits.slice(0, 3).replace(/^(000|666|9..)/, '123')}-${(nth % 89) + 10}-${String(1000 + (nth % 8999))}`
    case 'address':
      return `${(nth % 899) + 1} ${title} Street`
    case 'name':
      return `${FIRST_NAMES[nth % FIRST_NAMES.length]} ${title}son`
  }
  return kind satisfies never
}

const KINDS = [
  'email',
  'phone',
  'card',
  'iban',
  'secret',
  'password',
  'national_id',
  'address',
  'name',
] as const
const FIRST_NAMES = ['Maria', 'John', 'Peter', 'Anna', 'James', 'Laura', 'Thomas', 'Julia']

/** How people write it down. */
const SAID: Readonly<Record<(typeof KINDS)[number], (value: string) => string>> = {
  email: (value) => `You can write to ${value} at any time.`,
  phone: (value) => `My number is ${value}, call after six.`,
  card: (value) => `You charged the card ${value} twice.`,
  iban: (value) => `Please pay it back to ${value}.`,
  secret: (value) => `The key is ${value} and it stopped working.`,
  password: (value) => `My password is ${value} and I still cannot log in.`,
  national_id: (value) => `My social security number is ${value}.`,
  address: (value) => `The parcel should have come to ${value} yesterday.`,
  name: (value) => `I spoke to nobody. My name is ${value}.`,
}
const MATTERS = [
  'Hello, my order is three days late.',
  'We cannot process any orders since this morning!',
  'I am considering leaving, this is the third time.',
  'How do I change the language?',
  'My lawyer will hear of this.',
]

function withLuhn(body: string): string {
  const sum = Array.from(body, Number).reduce((total, digit, at) => {
    const doubled = (body.length - at) % 2 === 1 ? digit * 2 : digit
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}

function withIbanCheck(country: string, body: string): string {
  const numeric = Array.from(`${body}${country}00`, (sign) => Number.parseInt(sign, 36)).join('')
  return `${country}${String(98n - (BigInt(numeric) % 97n)).padStart(2, '0')}${body}`
}

export async function releaseCanaries(
  count: number,
  seed: number,
  perTicket = 4,
): Promise<CanaryReport> {
  const random = seededRandom(seed)
  const folder = await mkdtemp(join(tmpdir(), 'triage-canaries-'))
  const llm = await startOpenAiServer()
  const receiver = await startReceiver()
  const service = await startService({
    DATA_DIR: folder,
    LOG_LEVEL: 'debug',
    RATE_LIMIT_PER_MINUTE: '100000000',
    OPENAI_MODEL: 'test-model',
    OPENAI_BASE_URL: llm.url,
    LLM_CONCURRENCY: '16',
    ALLOW_PRIVATE_WEBHOOKS: 'true',
  })
  const canaries: Canary[] = []
  const texts: Record<Place, string[]> = Object.fromEntries(
    PLACES.map((place) => [place, [] as string[]]),
  ) as Record<Place, string[]>
  let tickets = 0
  try {
    const hook = await post(service.url, '/webhooks', { url: receiver.url, events: EVENTS })
    if (hook.status >= 400) throw new Error(`Cannot register a webhook: ${await hook.text()}`)
    const queue: (() => Promise<void>)[] = []
    for (let first = 0; first < count; first += perTicket) {
      const mine = Array.from({ length: Math.min(perTicket, count - first) }, (_, at) => {
        const kind = KINDS[(first + at) % KINDS.length]!
        return { kind, value: makeCanary(kind, first + at + 1) }
      })
      canaries.push(...mine)
      const said = mine.map(({ kind, value }) => SAID[kind](value))
      const matter = MATTERS[Math.floor(random() * MATTERS.length)]!
      const ticket = {
        id: `C-${first}`,
        body: `${matter} ${said.join(random() < 0.5 ? ' ' : '\n')}`,
        customer: { id: `K-${first}`, annualValue: 200_000 },
      }
      tickets++
      queue.push(async () => {
        const answered = await post(service.url, '/triage', ticket)
        const answer = (await answered.json()) as { decisionId?: string }
        const receipt = await fetch(`${service.url}/decisions/${answer.decisionId}`)
        texts['receipts'].push(await receipt.text())
        if (first % 5 !== 0) return
        for (const send of BROKEN) {
          const response = await send(service.url, ticket)
          if (response.status < 400) continue
          texts['error bodies'].push(await response.text())
        }
      })
    }
    const worker = async () => {
      for (let work = queue.pop(); work !== undefined; work = queue.pop()) await work()
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    texts['metrics'].push(await (await fetch(`${service.url}/metrics`)).text())
    await settled(receiver.bodies)
  } finally {
    await service.stop()
    await llm.close()
    await receiver.close()
    await rm(folder, { recursive: true, force: true })
  }
  texts['logs'].push(service.output())
  texts['LLM requests'].push(...llm.requests.map(({ text }) => text))
  texts['webhooks'].push(...receiver.bodies)

  const seen = Object.fromEntries(
    PLACES.map((place) => [place, countSeen(canaries, texts[place].join('\n'))]),
  ) as CanaryReport['seen']
  return {
    canaries: canaries.length,
    tickets,
    errors: texts['error bodies'].length,
    llmRequests: llm.requests.length,
    webhookCalls: receiver.bodies.length,
    seen,
  }
}

function countSeen(canaries: readonly Canary[], text: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { kind, value } of canaries)
    if (text.includes(value)) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const QUIET_MS = 6_000
const MOST_MS = 60_000

/** Waits until nothing more comes: events go out on a timer. */
async function settled(bodies: readonly string[]): Promise<void> {
  const until = performance.now() + MOST_MS
  for (let known = -1; known !== bodies.length && performance.now() < until;) {
    known = bodies.length
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  }
}

type Sent = { readonly id: string; readonly body: string }

/** The same words in requests that are refused. */
const BROKEN: readonly ((url: string, ticket: Sent) => Promise<Response>)[] = [
  (url, ticket) => post(url, '/triage', { ...ticket, channel: ticket.body }),
  (url, ticket) => post(url, '/triage', { ...ticket, [ticket.body]: 1 }),
  (url, ticket) => post(url, '/triage', `{"id": "${ticket.id}", "body": ${ticket.body}}`),
  (url, ticket) => post(url, '/triage', ticket.body, { 'idempotency-key': 'k'.repeat(300) }),
  (url, ticket) => fetch(`${url}/decisions/${encodeURIComponent(ticket.body)}`),
  (url, ticket) => fetch(`${url}/tickets/${encodeURIComponent(ticket.body)}`),
  (url, ticket) => fetch(`${url}/reviews?state=${encodeURIComponent(ticket.body)}`),
]

function post(
  url: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

async function startReceiver() {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      bodies.push(body)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    bodies,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return console.log(HELP)
  const report = await releaseCanaries(Number(values.count), Number(values.seed))
  const { canaries, tickets, errors, llmRequests, webhookCalls, seen } = report
  console.log(
    `${canaries} canaries in ${tickets} tickets, ${errors} refused requests, ${llmRequests} LLM requests, ${webhookCalls} webhook calls`,
  )
  let total = 0
  for (const place of PLACES) {
    const kinds = Object.entries(seen[place])
    total += kinds.reduce((sum, [, n]) => sum + n, 0)
    console.log(
      `  ${place.padEnd(14)} ${kinds.map(([kind, n]) => `${kind} ${n}`).join(', ') || '0'}`,
    )
  }
  console.log(total === 0 ? 'PASS' : `FAIL: ${total} seen`)
  process.exitCode = total === 0 ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
