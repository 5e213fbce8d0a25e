/**
 * Backtest of 10,000 stored tickets under another policy: seconds, in one process, from an embedded database.
 * `node test/bench/backtest.ts [tickets]`; fails above the target of the issue.
 */
import { readFileSync } from 'node:fs'
import { backtestSource } from '../../src/compose/publish-source.ts'
import { compileSource } from '../../src/compose/compile-source.ts'
import { decide } from '../../src/domain/decide.ts'
import type { Facts } from '../../src/domain/facts.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { factsOfCase } from '../../src/policy/run-case.ts'
import { openTestPglite } from '../support/store.ts'
import { seededRandom } from '../support/seeded-random.ts'

const TARGET_SECONDS = 10
const tickets = Number(process.argv[2] ?? 10_000)
const FILE = 'policies/saas.yaml'
const source = readFileSync(FILE, 'utf8')
const compiled = compileSource(source, FILE)
const random = seededRandom(5)

const db = await openTestPglite()
const START = Date.parse('2026-09-01T00:00:00.000Z')
process.stdout.write(`writing ${tickets} decisions … `)
for (let first = 0; first < tickets; first += 500) {
  const rows = Array.from({ length: Math.min(500, tickets - first) }, (_, index) =>
    rowOf(first + index),
  )
  await db.rows(
    `with raw as (select value as v from json_array_elements($2::json)), kept as (
       insert into tickets (tenant, caller, external_id, content_hash, decision_id, revision, severity, type, team,
           owner, backup, standing, event_seq, created_at, updated_at)
       select $1, 'bench', v ->> 'ticketId', 'x', v ->> 'decisionId', 1, v ->> 'severity', 'technical', 't', 'o', 'b',
           'auto', 0, now(), now() from raw returning id, decision_id)
     insert into receipts (tenant, decision_id, ticket, revision, receipt, answer, created_at)
     select $1, k.decision_id, k.id, 1, raw.v -> 'receipt', '{}', now()
       from kept k join raw on raw.v ->> 'decisionId' = k.decision_id`,
    [db.tenant, JSON.stringify(rows)],
  )
}
console.log('done')

function rowOf(index: number) {
  const now = new Date(START + index * 600_000).toISOString()
  const at = { now, clockStart: now }
  const { cases } = compiled.policy
  const facts: Facts = factsOfCase(cases[index % cases.length]!, compiled, at)
  const users = {
    ...facts,
    values: { ...facts.values, 'impact.affectedUsers': Math.floor(random() * 80) },
  }
  const decision = decide(users, compiled, EMPTY_ROSTER, at)
  const ids = { decisionId: `d-${index}`, ticketId: `t-${index}` }
  const redactedText =
    'We wrote twice and nobody answered; if this goes on we will look elsewhere. '.repeat(4)
  const receipt = { ...ids, facts: users, roster: EMPTY_ROSTER, redactedText, ...at, decision }
  return { ...ids, severity: decision.severity, receipt }
}

const changed = source.replace(
  'impact.affectedUsers: { gte: 50 }',
  'impact.affectedUsers: { gte: 20 }',
)
const started = performance.now()
const result = await backtestSource(db, changed, FILE, {
  onProgress: (done) => process.stderr.isTTY && process.stderr.write(`\r${done}`),
})
const seconds = (performance.now() - started) / 1000
await db.close()
console.log(
  `\n${result.tickets} tickets in ${seconds.toFixed(1)} s (${Math.round(result.tickets / seconds)} a second); ${result.moved} moved, ${result.raised} raised; target ${TARGET_SECONDS} s`,
)
process.exit(seconds <= TARGET_SECONDS && result.tickets === tickets ? 0 : 1)
