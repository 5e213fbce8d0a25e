import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Answer } from '../../src/domain/answer.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { startService } from '../support/service.ts'

const HELP = `Kills, stops and half-opens the LLM server at random under load and checks that no ticket is lost, that every step
down is named, and that answers come in time.

  npm run rig:llm-faults -- --seconds 600 --rate 10 --budget 400`

export type FaultReport = {
  readonly sent: number
  readonly asked: number
  readonly faults: Readonly<Record<string, number>>
  readonly p50: number
  readonly p99: number
  readonly slowest: number
  /** Lost, unanswered or silently without the LLM; must be empty. */
  readonly failures: readonly string[]
}

type Plan = {
  readonly seconds: number
  /** Tickets a second. */
  readonly rate: number
  readonly budgetMs: number
  readonly seed: number
}

/** Every ticket here is worth asking the LLM about, and none is of a type that a crowd makes critical: that is never asked. */
const bodyOf = (id: string, nth: number) =>
  JSON.stringify({
    id,
    body: TEXTS[nth % TEXTS.length],
    customer: { id: `C-${nth % 97}`, annualValue: 150_000 },
  })
const TEXTS = [
  'Please change the name on my account to the new name of our company.',
  'Where do I find the invoice of last month?',
  'Could you add a dark mode to the dashboard some day?',
]

export async function breakLlm(plan: Plan): Promise<FaultReport> {
  const random = seededRandom(plan.seed)
  const folder = await mkdtemp(join(tmpdir(), 'triage-llm-faults-'))
  const port = await freePort()
  let llm = await startLlm(port, plan.seed)
  const service = await startService({
    DATA_DIR: folder,
    RATE_LIMIT_PER_MINUTE: '100000000',
    ANSWER_BUDGET_MS: String(plan.budgetMs),
    LLM_TIMEOUT_MS: '2000',
    LLM_CONCURRENCY: '16',
    OPENAI_MODEL: 'test-model',
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
  })
  const failures: string[] = []
  const times: number[] = []
  const faults: Record<string, number> = { killed: 0, stopped: 0 }
  let asked = 0
  let nth = 0
  const running = { on: true }

  async function send(id: string, at: number): Promise<void> {
    const start = performance.now()
    try {
      const response = await fetch(`${service.url}/triage`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: bodyOf(id, at),
        signal: AbortSignal.timeout(20_000),
      })
      const answer = (await response.json()) as Answer
      times.push(performance.now() - start)
      if (response.status !== 200) return void failures.push(`${id}: status ${response.status}`)
      const heard = answer.scorers.some(({ name }) => name === 'llm')
      const isNamed = answer.degraded.some((step) => step.startsWith('llm: '))
      if (heard || answer.pending !== undefined) asked++
      if (!heard && !isNamed && answer.pending === undefined)
        failures.push(`${id}: the LLM is missing and nothing says so`)
      if (isNamed && answer.disposition !== 'review') failures.push(`${id}: degraded, not held`)
    } catch (error) {
      failures.push(`${id}: ${error instanceof Error ? error.message : 'failed'}`)
    }
  }

  async function load(): Promise<void> {
    const sending: Promise<void>[] = []
    while (running.on) {
      const at = nth++
      sending.push(send(`F-${at}`, at))
      await pause((2_000 / plan.rate) * random())
    }
    await Promise.all(sending)
  }

  async function breakOnce(): Promise<void> {
    if (random() < 0.5) {
      faults['killed']!++
      llm.kill('SIGKILL')
      await once(llm, 'exit')
      await pause(random() * 4_000)
      llm = await startLlm(port, plan.seed + nth)
    } else {
      // The kernel still takes connections, and nobody answers them.
      faults['stopped']!++
      llm.kill('SIGSTOP')
      await pause(random() * 5_000)
      llm.kill('SIGCONT')
    }
  }

  try {
    // The first tickets meet cold code; they are answered, and not timed.
    for (let warm = 0; warm < 20; warm++) await send(`W-${warm}`, warm)
    times.length = 0
    const until = performance.now() + plan.seconds * 1_000
    const loaded = load()
    while (performance.now() < until) {
      await pause(500 + random() * 4_000)
      await breakOnce()
    }
    running.on = false
    await loaded
    for (let at = 0; at < nth; at++) {
      const response = await fetch(`${service.url}/tickets/F-${at}`)
      if (response.status !== 200) failures.push(`F-${at}: lost (${response.status})`)
      await response.arrayBuffer()
    }
  } finally {
    llm.kill('SIGCONT')
    llm.kill('SIGKILL')
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const order = times.toSorted((a, b) => a - b)
  const quantile = (share: number) => order[Math.ceil(order.length * share) - 1] ?? 0
  return {
    sent: nth,
    asked,
    faults,
    p50: quantile(0.5),
    p99: quantile(0.99),
    slowest: quantile(1),
    failures,
  }
}

async function startLlm(port: number, seed: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['test/support/openai-child.ts'], {
    env: { ...process.env, OPENAI_PORT: String(port), SEED: String(seed) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '600' },
      rate: { type: 'string', default: '10' },
      budget: { type: 'string', default: '400' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return console.log(HELP)
  const report = await breakLlm({
    seconds: Number(values.seconds),
    rate: Number(values.rate),
    budgetMs: Number(values.budget),
    seed: Number(values.seed),
  })
  const { sent, asked, faults, p50, p99, slowest, failures } = report
  console.log(
    `${sent} tickets, ${asked} with the LLM in time or announced; killed ${faults['killed']} times, stopped ${faults['stopped']} times`,
  )
  console.log(
    `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`,
  )
  for (const line of failures.slice(0, 20)) console.log(`  ${line}`)
  const passed = failures.length === 0 && p99 <= Number(values.budget)
  console.log(
    passed ? 'PASS' : `FAIL: ${failures.length} failures, p99 of ${values.budget} allowed`,
  )
  process.exitCode = passed ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
