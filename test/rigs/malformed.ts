import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startService } from '../support/service.ts'
import { seededRandom } from '../support/seeded-random.ts'
import type { MalformedRequest } from './malformed-requests.ts'
import { malformedRequest } from './malformed-requests.ts'

const ANSWER_WITHIN_MS = 10_000
/** A connection each: a request must not inherit the fate of the one before it. */
const AGENT = new Agent({ keepAlive: false })
const CLIENTS = 16

/** Sends `count` malformed requests and returns what was answered wrongly, as lines for people. */
export async function sendMalformed(
  url: string,
  count: number,
  seed: number,
  onProgress: (done: number) => void,
): Promise<string[]> {
  const random = seededRandom(seed)
  const failures: string[] = []
  let next = 0
  let done = 0
  async function client(): Promise<void> {
    while (next < count) {
      const malformed = malformedRequest(next++, random)
      const wrong = await wrongWith(url, malformed)
      if (wrong !== null) failures.push(`${malformed.name}: ${wrong}`)
      onProgress(++done)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return failures
}

/** What is wrong with the answer, or null: it must be a 4xx problem document in time. */
function wrongWith(url: string, { headers, body }: MalformedRequest): Promise<string | null> {
  return new Promise((resolve) => {
    const call = request(
      `${url}/triage`,
      { method: 'POST', headers, timeout: ANSWER_WITHIN_MS, agent: AGENT },
      (answer) => {
        answer.resume()
        const status = answer.statusCode ?? 0
        const type = answer.headers['content-type'] ?? ''
        if (status < 400 || status > 499) resolve(`status ${status}`)
        else
          resolve(
            type.startsWith('application/problem+json') ? null : `status ${status} with ${type}`,
          )
      },
    )
    call.on('timeout', () => {
      resolve(`no answer within ${ANSWER_WITHIN_MS} ms`)
      call.destroy()
    })
    // An oversize body may be cut off by the server after it answered; no answer at all is a failure.
    call.on('error', (error) => resolve(`connection: ${error.message}`))
    if (typeof body === 'function') body().pipe(call)
    else call.end(body)
  })
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) {
    console.log(
      'Sends malformed requests to a fresh service and checks that each gets a 4xx problem document.\n\nExample: npm run rig:malformed -- --count 20000 --seed 1',
    )
    process.exit(0)
  }
  const count = Number(values.count)
  const directory = await mkdtemp(join(tmpdir(), 'triage-rig-'))
  const service = await startService({ DATA_DIR: directory, RATE_LIMIT_PER_MINUTE: '100000000' })
  const failures = await sendMalformed(service.url, count, Number(values.seed), (done) => {
    if (done % 1_000 === 0) process.stderr.write(`\r${done} of ${count}`)
  })
  const alive = (await fetch(`${service.url}/readyz`)).status
  const code = await service.stop()
  await rm(directory, { recursive: true, force: true })
  for (const line of failures.slice(0, 20)) console.log(line)
  const passed = failures.length === 0 && alive === 200 && code === 0
  console.log(
    `\n${passed ? 'PASS' : 'FAIL'}: ${count} malformed requests, ${failures.length} answered wrongly, ready afterwards ${alive}, exit ${code}`,
  )
  process.exit(passed ? 0 : 1)
}
