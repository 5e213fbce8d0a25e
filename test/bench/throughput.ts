/**
 * `node test/bench/throughput.ts`: the service against its own bare engine, in one run and in alternating blocks, on
 * PGlite and on PostgreSQL. Prints a table and one line of JSON; exits 1 when a target is missed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Ticket } from '../../src/domain/ticket.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import type { Db } from '../../src/store/db.ts'
import { openTestPglite, startPostgres } from '../support/store.ts'
import { startService } from '../support/service.ts'
import { openBareLoop } from './bare-loop.ts'
import { median, quantile } from './statistics.ts'
import { benchTickets, fresh } from './tickets.ts'

/** From the issue: throughput against the bare loop, overhead at one client, event-loop lag. */
const TARGETS = { throughputRatio: 0.7, overheadMs: 1, lagMs: 20 }
const CLIENTS = 16

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    help: { type: 'boolean' },
  },
})
if (values.help === true) {
  console.log(
    'Tickets per second, overhead and lag of the service against its bare engine.\n\nExample: npm run bench -- --blocks 5 --seconds 4',
  )
  process.exit(0)
}
const blocks = Number(values.blocks)
const blockMs = Number(values.seconds) * 1_000
const tickets = await benchTickets()

type Answered = { readonly appMs: number; readonly localMs: number }

function post(url: string, agent: Agent, ticket: Ticket): Promise<Answered> {
  const body = JSON.stringify(fresh(ticket))
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/triage`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString()
          if (answer.statusCode !== 200) return reject(new Error(`${answer.statusCode}: ${text}`))
          const local = /"name":"local"[^}]*"ms":([\d.]+)/.exec(text)?.[1]
          return resolve({
            appMs: Number(/dur=([\d.]+)/.exec(String(answer.headers['server-timing']))?.[1]),
            localMs: Number(local),
          })
        })
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

async function load(
  url: string,
  clients: number,
  forMs: number,
): Promise<{ perSecond: number; answers: Answered[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const answers: Answered[] = []
  const start = performance.now()
  let next = 0
  async function client(): Promise<void> {
    while (performance.now() - start < forMs)
      answers.push(await post(url, agent, tickets[next++ % tickets.length]!))
  }
  await Promise.all(Array.from({ length: clients }, client))
  agent.destroy()
  return { perSecond: (answers.length * 1_000) / (performance.now() - start), answers }
}

async function bareBlock(bare: Awaited<ReturnType<typeof openBareLoop>>, forMs: number) {
  const runs: number[] = []
  const start = performance.now()
  while (performance.now() - start < forMs) runs.push((await bare.one()).runMs)
  return { perSecond: (runs.length * 1_000) / (performance.now() - start), runs }
}

async function lagP99Ms(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1]) * 1_000
}

async function measure(name: string, env: Record<string, string>, bareDb: Db) {
  const readyMs = async () => {
    const start = performance.now()
    const service = await startService({ RATE_LIMIT_PER_MINUTE: '100000000', ...env })
    return { service, ms: performance.now() - start }
  }
  const first = await readyMs()
  await first.service.stop()
  const { service, ms: readyAgainMs } = await readyMs()
  const bare = await openBareLoop(bareDb, tickets.slice(0, 200))
  try {
    await load(service.url, CLIENTS, 2_000)
    await bareBlock(bare, 1_000)
    const ratios: number[] = []
    const ours: number[] = []
    const theirs: number[] = []
    const runs: number[] = []
    const busy: Answered[] = []
    const lags: number[] = []
    const alone: Answered[] = []
    for (let block = 0; block < blocks; block++) {
      const engine = await bareBlock(bare, blockMs)
      // The first reading empties the histogram, the second covers the load alone.
      await lagP99Ms(service.url)
      const served = await load(service.url, CLIENTS, blockMs)
      lags.push(await lagP99Ms(service.url))
      alone.push(...(await load(service.url, 1, blockMs / 2)).answers)
      ratios.push(served.perSecond / engine.perSecond)
      ours.push(served.perSecond)
      theirs.push(engine.perSecond)
      runs.push(...engine.runs)
      busy.push(...served.answers)
      process.stderr.write(`\r${name}: block ${block + 1} of ${blocks}`)
    }
    process.stderr.write('\n')
    const runP50 = median(runs)
    const appMs = alone.map((answer) => answer.appMs)
    return {
      store: name,
      ticketsPerSecond: median(ours),
      barePerSecond: median(theirs),
      throughputRatio: median(ratios),
      sessionRunP50Ms: runP50,
      oneClientP50Ms: median(appMs),
      oneClientP99Ms: quantile(appMs, 0.99),
      overheadP50Ms: median(appMs) - runP50,
      busyP50Ms: median(busy.map((answer) => answer.appMs)),
      busyP99Ms: quantile(
        busy.map((answer) => answer.appMs),
        0.99,
      ),
      eventLoopLagP99Ms: median(lags),
      readyEmptyMs: first.ms,
      readyAgainMs,
    }
  } finally {
    await service.stop()
  }
}

const directory = await mkdtemp(join(tmpdir(), 'triage-bench-'))
const postgres = await startPostgres()
const results = []
try {
  const memory = await openTestPglite()
  results.push(await measure('pglite', { DATA_DIR: directory }, memory))
  await memory.close()
  const server = openPostgres(await postgres.createDatabase())
  results.push(
    await measure(
      'postgres',
      { DATABASE_URL: await postgres.createDatabase({ migrated: false }) },
      server,
    ),
  )
  await server.close()
} finally {
  await postgres.stop()
  await rm(directory, { recursive: true, force: true })
}

const names = Object.keys(results[0]!).filter(
  (name) => name !== 'store',
) as (keyof (typeof results)[0])[]
console.log(`\n${''.padEnd(22)}${results.map(({ store }) => store.padStart(12)).join('')}`)
for (const name of names)
  console.log(
    `${name.padEnd(22)}${results.map((result) => Number(result[name]).toFixed(2).padStart(12)).join('')}`,
  )
const missed = results.flatMap(({ store, throughputRatio, overheadP50Ms, eventLoopLagP99Ms }) => [
  ...(throughputRatio >= TARGETS.throughputRatio
    ? []
    : [`${store}: throughput ratio ${throughputRatio.toFixed(2)} of ${TARGETS.throughputRatio}`]),
  ...(overheadP50Ms <= TARGETS.overheadMs
    ? []
    : [`${store}: overhead ${overheadP50Ms.toFixed(2)} ms of ${TARGETS.overheadMs}`]),
  ...(eventLoopLagP99Ms <= TARGETS.lagMs
    ? []
    : [`${store}: event-loop lag ${eventLoopLagP99Ms.toFixed(1)} ms of ${TARGETS.lagMs}`]),
])
console.log(
  missed.length === 0 ? '\nAll targets reached' : `\nNot reached:\n  ${missed.join('\n  ')}`,
)
console.log(
  JSON.stringify({
    cpus: (await import('node:os')).cpus()[0]?.model,
    node: process.version,
    results,
  }),
)
process.exit(missed.length === 0 ? 0 : 1)
