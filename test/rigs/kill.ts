import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../support/seeded-random.ts'
import type { RunningService } from '../support/service.ts'
import { startService } from '../support/service.ts'
import { startPostgres } from '../support/store.ts'
import type { Sent } from './kill-load.ts'
import { post, startLoad, wrongAfterCrash } from './kill-load.ts'

export type KillReport = {
  readonly kills: number
  readonly sent: number
  readonly acknowledged: number
  readonly failures: readonly string[]
  readonly slowestReadyMs: number
}

type Progress = (line: string) => void

const CLIENTS = 8
const UNLIMITED = { RATE_LIMIT_PER_MINUTE: '100000000' }

/** SIGKILLs the service under load `kills` times and checks every ticket of each round after the restart. */
export async function killService(
  kills: number,
  env: Record<string, string>,
  seed: number,
  progress: Progress,
): Promise<KillReport> {
  const random = seededRandom(seed)
  const failures: string[] = []
  let service = await startService({ ...UNLIMITED, ...env })
  let sent = 0
  let acknowledged = 0
  let slowestReadyMs = 0
  for (let round = 1; round <= kills; round++) {
    const load = startLoad(service.url, CLIENTS)
    await pause(150 + random() * 700)
    await service.kill()
    await load.stop()
    const start = performance.now()
    service = await startService({ ...UNLIMITED, ...env })
    slowestReadyMs = Math.max(slowestReadyMs, performance.now() - start)
    failures.push(...load.unexpected, ...(await checkAll(service.url, load.sent)))
    sent += load.sent.length
    acknowledged += load.sent.filter((entry) => entry.acknowledged !== null).length
    progress(
      `kill ${round} of ${kills}: ${sent} sent, ${acknowledged} acknowledged, ${failures.length} wrong`,
    )
  }
  const code = await service.stop()
  if (code !== 0) failures.push(`SIGTERM ended the service with ${code}`)
  return { kills, sent, acknowledged, failures, slowestReadyMs }
}

/** SIGKILLs PostgreSQL under load: the service must answer 503, stay alive and recover by itself. */
export async function killPostgres(
  kills: number,
  seed: number,
  progress: Progress,
): Promise<KillReport> {
  const random = seededRandom(seed)
  const postgres = await startPostgres()
  const failures: string[] = []
  let sent = 0
  let acknowledged = 0
  let slowestReadyMs = 0
  const service = await startService({
    ...UNLIMITED,
    DATABASE_URL: await postgres.createDatabase({ migrated: false }),
  })
  try {
    for (let round = 1; round <= kills; round++) {
      const load = startLoad(service.url, CLIENTS)
      await pause(150 + random() * 500)
      await postgres.kill()
      if (service.process.exitCode !== null) {
        failures.push(
          `the service ended with ${service.process.exitCode}:\n${service.output().slice(-2_000)}`,
        )
        break
      }
      await pause(300)
      const during = await statusWhileDown(service)
      if (during !== 503) failures.push(`round ${round}: answered ${during} without a store`)
      await postgres.restart()
      const start = performance.now()
      await load.stop()
      const ready = await waitUntilReady(service)
      if (!ready) failures.push(`round ${round}: did not recover`)
      slowestReadyMs = Math.max(slowestReadyMs, performance.now() - start)
      failures.push(...load.unexpected, ...(await checkAll(service.url, load.sent)))
      sent += load.sent.length
      acknowledged += load.sent.filter((entry) => entry.acknowledged !== null).length
      progress(
        `kill ${round} of ${kills}: ${sent} sent, ${acknowledged} acknowledged, ${failures.length} wrong`,
      )
    }
    if (service.process.exitCode !== null)
      failures.unshift(
        `the service ended with ${service.process.exitCode}:\n${service.output().slice(-3_000)}`,
      )
    await service.stop()
  } finally {
    await postgres.stop()
  }
  return { kills, sent, acknowledged, failures, slowestReadyMs }
}

async function checkAll(url: string, sent: readonly Sent[]): Promise<string[]> {
  const failures: string[] = []
  const queue = [...sent]
  async function check(): Promise<void> {
    for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
      const { ticketId } = entry
      const wrong = await wrongAfterCrash(url, entry).catch(
        (error: unknown) => `${ticketId}: ${String(error)}`,
      )
      if (wrong !== null) failures.push(wrong)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, check))
  return failures
}

async function statusWhileDown(service: RunningService): Promise<number> {
  const ticket: Sent = {
    ticketId: 'down',
    key: `down-${performance.now()}`,
    body: '{"id":"down","body":"Is anybody there?"}',
    acknowledged: null,
  }
  return (await post(service.url, ticket).catch(() => ({ status: 0 }))).status
}

async function waitUntilReady({ url }: RunningService): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const status = await fetch(`${url}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return true
    await pause(100)
  }
  return false
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const HELP = `Kills the service, or PostgreSQL, under load and checks that no acknowledged ticket is lost and none decided twice.

  npm run rig:kill                                   100 kills on PGlite, 100 on PostgreSQL, 50 of PostgreSQL itself
  npm run rig:kill -- --only pglite --kills 20 --seed 7`

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      kills: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) {
    console.log(HELP)
    process.exit(0)
  }
  const seed = Number(values.seed)
  const progress: Progress = (line) => process.stderr.write(`\r${line}   `)
  const rigs: Record<string, () => Promise<KillReport>> = {
    pglite: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'triage-kill-'))
      try {
        return await killService(
          Number(values.kills ?? 100),
          { DATA_DIR: directory },
          seed,
          progress,
        )
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    },
    postgres: async () => {
      const postgres = await startPostgres()
      try {
        return await killService(
          Number(values.kills ?? 100),
          { DATABASE_URL: await postgres.createDatabase({ migrated: false }) },
          seed,
          progress,
        )
      } finally {
        await postgres.stop()
      }
    },
    'postgres-itself': () => killPostgres(Number(values.kills ?? 50), seed, progress),
  }
  let passed = true
  for (const [name, rig] of Object.entries(rigs)) {
    if (values.only !== undefined && values.only !== name) continue
    const { kills, sent, acknowledged, failures, slowestReadyMs } = await rig()
    passed &&= failures.length === 0
    console.log(
      `\n${failures.length === 0 ? 'PASS' : 'FAIL'} ${name}: ${kills} kills, ${sent} tickets sent, ${acknowledged} acknowledged, ${failures.length} wrong, slowest to be ready ${Math.round(slowestReadyMs)} ms`,
    )
    for (const line of failures.slice(0, 20)) console.log(`  ${line}`)
  }
  process.exit(passed ? 0 : 1)
}
