import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { Answer } from '../../src/domain/answer.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { startService } from '../support/service.ts'

const HELP = `Sends real messages through POST /triage/batch and checks that every line is answered with an owner, a backup and due times,
and that every decision replays byte-identically.

  npm run rig:messages -- --data ../shared/data --count 3000 --seed 1`

/** Sets that are mixed: real customers' messages of several sources and languages. */
const FILES = [
  'labelled/train.jsonl',
  'written/train.jsonl',
  'public/trustpilot/train.jsonl.gz',
  'public/app_reviews_4class/train.jsonl.gz',
  'public/airline_sentiment/train.jsonl.gz',
  'public/cfpb/train.jsonl.gz',
  'public/comcast_fcc_titles/train.jsonl.gz',
  'public/nlbse24_issues/train.jsonl.gz',
  'public/tobi_tickets_multilang/train.jsonl.gz',
  'public/xlmt_sentiment/train.jsonl.gz',
  'public/prompt_injection/train.jsonl.gz',
]

async function readTexts(data: string, count: number, seed: number): Promise<readonly string[]> {
  const sources = await Promise.all(
    FILES.map(async (name) => {
      const path = join(data, name)
      if (!existsSync(path))
        throw new Error(
          `Cannot find ${path}: --data must name the folder that holds labelled/, written/ and public/`,
        )
      const bytes = await readFile(path)
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { text: string }).text)
    }),
  )
  const random = seededRandom(seed)
  const texts: string[] = []
  for (let at = 0; texts.length < count; at++) {
    const source = sources[at % sources.length]!
    const text = source[Math.floor(random() * source.length)]!
    if (text.trim() !== '') texts.push(text)
  }
  return texts
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    count: { type: 'string', default: '3000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
})
if (values.help === true) {
  console.log(HELP)
  process.exit(0)
}

const texts = await readTexts(values.data, Number(values.count), Number(values.seed)).catch(
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  },
)
const directory = await mkdtemp(join(tmpdir(), 'triage-messages-'))
const service = await startService({ DATA_DIR: directory, RATE_LIMIT_PER_MINUTE: '100000000' })
const failures: string[] = []
try {
  const start = performance.now()
  const response = await fetch(`${service.url}/triage/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: texts.map((body, at) => JSON.stringify({ id: `M-${at}`, body })).join('\n'),
  })
  const answers = (await response.text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Answer & { error?: unknown })
  const seconds = (performance.now() - start) / 1000
  if (answers.length !== texts.length)
    failures.push(`${texts.length} lines sent, ${answers.length} answered`)
  const severities: Record<string, number> = {}
  answers.forEach((answer, at) => {
    if (answer.error !== undefined)
      return failures.push(`line ${at + 1}: ${JSON.stringify(answer.error)}`)
    if (answer.ticketId !== `M-${at}`) failures.push(`line ${at + 1}: answered ${answer.ticketId}`)
    if (
      !answer.route.owner.name ||
      !answer.route.backup.name ||
      answer.route.owner.id === answer.route.backup.id
    )
      failures.push(`line ${at + 1}: no owner or backup`)
    if (answer.clocks.length < 3) failures.push(`line ${at + 1}: ${answer.clocks.length} clocks`)
    if (answer.disposition === 'review' && answer.actions.length > 0)
      failures.push(`line ${at + 1}: held with actions`)
    severities[answer.severity] = (severities[answer.severity] ?? 0) + 1
    severities[answer.disposition] = (severities[answer.disposition] ?? 0) + 1
    return undefined
  })
  let replayed = 0
  const queue = [...answers]
  async function replayAll(): Promise<void> {
    for (let answer = queue.pop(); answer !== undefined; answer = queue.pop()) {
      const again = (await (
        await fetch(`${service.url}/decisions/${answer.decisionId}/replay`, { method: 'POST' })
      ).json()) as { identical?: boolean; differences?: unknown }
      if (again.identical === true) replayed++
      else
        failures.push(
          `${answer.ticketId}: replay differs: ${JSON.stringify(again.differences).slice(0, 300)}`,
        )
    }
  }
  await Promise.all(Array.from({ length: 8 }, replayAll))
  console.log(
    `${answers.length} of ${texts.length} answered in ${seconds.toFixed(1)} s (${Math.round(answers.length / seconds)}/s), ${replayed} replayed byte-identically`,
  )
  console.log(
    Object.entries(severities)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, number]) => `${name} ${number}`)
      .join(', '),
  )
} finally {
  await service.stop()
  await rm(directory, { recursive: true, force: true })
}
for (const line of failures.slice(0, 20)) console.log(`  ${line}`)
console.log(failures.length === 0 ? 'PASS' : `FAIL: ${failures.length} wrong`)
process.exit(failures.length === 0 ? 0 : 1)
