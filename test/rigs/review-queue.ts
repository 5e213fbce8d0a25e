/*
 * How fast the desk and the API answer while very many tickets wait. Run: npm run rig:queue
 *
 *   node test/rigs/review-queue.ts --reviews 10000 --requests 300 --store pglite
 */
import { parseArgs } from 'node:util'
import type { Db } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { criticalTicket } from '../support/app.ts'
import type { RunningDesk } from '../support/desk.ts'
import { openDesk } from '../support/desk.ts'
import { openTestPglite, startPostgres } from '../support/store.ts'

const LIMIT_MS = 100
const FILLERS = 8

/** Milliseconds; `cpu` is what this process worked for one request, whatever else the machine did meanwhile. */
export type Latency = {
  readonly path: string
  readonly p50: number
  readonly p95: number
  readonly cpu: number
}

/** Holds `reviews` tickets, then asks each page `requests` times, one after the other. Milliseconds over HTTP. */
export async function measureQueue(
  db: Db,
  {
    reviews,
    requests,
    onProgress,
  }: { reviews: number; requests: number; onProgress: (held: number) => void },
): Promise<readonly Latency[]> {
  const desk = await openDesk(db)
  try {
    const last = await fill(desk, reviews, onProgress)
    const headers = await signInByForm(desk)
    const paths = [
      '/review',
      `/review/${last}`,
      '/review/live',
      '/review/history',
      '/reviews?limit=50',
    ]
    const measured: Latency[] = []
    for (const path of paths) measured.push(await latencyOf(desk, path, headers, requests))
    return measured
  } finally {
    await desk.close()
  }
}

async function fill(
  desk: RunningDesk,
  reviews: number,
  onProgress: (held: number) => void,
): Promise<string> {
  let next = 0
  let last = ''
  async function client(): Promise<void> {
    while (next < reviews) {
      const number = next++
      const ticket = criticalTicket()
      const annualValue = 1_000 + ((number * 7_919) % 400_000)
      const customer = { ...ticket.customer, annualValue }
      const { review } = await desk.triage({ ...ticket, customer }, desk.platform)
      last = review!.id
      if (number % 500 === 499) onProgress(number + 1)
    }
  }
  await Promise.all(Array.from({ length: FILLERS }, client))
  return last
}

/** The session cookie for the pages, the key for the API. */
async function signInByForm(desk: RunningDesk): Promise<Record<string, string>> {
  const { authorization } = await desk.keyOf('rig', 'reviewer')
  const signedIn = await fetch(`${desk.url}/review/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: desk.url },
    body: new URLSearchParams({ key: authorization!.replace('Bearer ', '') }),
  })
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  return { authorization: authorization!, cookie }
}

async function latencyOf(
  desk: RunningDesk,
  path: string,
  headers: Record<string, string>,
  requests: number,
): Promise<Latency> {
  const times: number[] = []
  const began = process.cpuUsage()
  for (let count = 0; count < requests; count++) {
    const start = performance.now()
    const response = await fetch(`${desk.url}${path}`, { headers, redirect: 'manual' })
    await response.text()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
    times.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(began)
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.ceil(share * times.length) - 1]!
  const shown = path.replace(/[0-9a-f-]{36}/, ':id')
  return { path: shown, p50: at(0.5), p95: at(0.95), cpu: (user + system) / 1_000 / requests }
}

async function onStore(name: string, work: (db: Db) => Promise<void>): Promise<void> {
  if (name === 'pglite') {
    const db = await openTestPglite()
    return work(db).finally(() => db.close())
  }
  const server = await startPostgres()
  const db = openPostgres(await server.createDatabase())
  try {
    await work(db)
  } finally {
    await db.close()
    await server.stop()
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      reviews: { type: 'string', default: '10000' },
      requests: { type: 'string', default: '300' },
      store: { type: 'string', default: 'postgres' },
    },
  })
  await onStore(values.store, async (db) => {
    const measured = await measureQueue(db, {
      reviews: Number(values.reviews),
      requests: Number(values.requests),
      onProgress: (held) => console.error(`${held} held`),
    })
    for (const { path, p50, p95, cpu } of measured)
      console.log(
        `${p95 < LIMIT_MS ? 'ok  ' : 'SLOW'} ${path}: half in ${p50.toFixed(1)} ms, 95 % in ${p95.toFixed(1)} ms (${cpu.toFixed(1)} ms of CPU each)`,
      )
    const slow = measured.filter(({ p95 }) => p95 >= LIMIT_MS)
    console.log(
      `${values.store}, ${values.reviews} reviews wait: ${slow.length === 0 ? 'every answer within' : `${slow.length} answers over`} ${LIMIT_MS} ms`,
    )
    process.exitCode = slow.length === 0 ? 0 : 1
  })
}
