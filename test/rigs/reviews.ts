import { createPhraseScorer } from '../../src/scorers/phrases.ts'
import { loadPolicy } from '../../src/compose/policy.ts'
import type { Db } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { openApp } from '../support/app.ts'
import { editAuditBytes } from '../support/audit-edits.ts'
import { fillQueue } from '../support/fill-queue.ts'
import { runRaces } from '../support/review-races.ts'
import { openTestPglite, startPostgres } from '../support/store.ts'

/*
 * The review desk at full size: `npm run rig:reviews [pglite|postgres]`. 5,000 races of 64 people, 1,000 single-byte edits
 * of the audit, and the answer times of a queue of 10,000.
 */

const RACES = 5_000
const EDITS = 1_000
const QUEUE = 10_000
const P95_MS = 100

const [only] = process.argv.slice(2)
const server = await startPostgres()
const open = {
  pglite: openTestPglite,
  postgres: async () => openPostgres(await server.createDatabase(), { max: 10 }),
}
let good = true
const say = (fine: boolean, line: string) => {
  good &&= fine
  console.log(`${line}: ${fine ? 'PASS' : 'FAIL'}`)
}

for (const [name, openStore] of Object.entries(open)) {
  if (only !== undefined && only !== name) continue
  const queue = await openStore()
  await measureQueue(name, queue)
  await queue.close()

  const small = await openStore()
  await runRaces(small, { races: 48, seed: 7 })
  const { done, unnoticed } = await editAuditBytes(small, { edits: EDITS, seed: 20261121 })
  say(unnoticed.length === 0, `${name}: ${done} single-byte edits, ${unnoticed.length} not noticed`)
  await small.close()

  const db = await openStore()
  const began = performance.now()
  const { requests, wrong, odd, chain } = await runRaces(db, { races: RACES, seed: 20261121 })
  const seconds = Math.round((performance.now() - began) / 1_000)
  say(
    wrong.length === 0 && odd.length === 0 && chain === 'valid',
    `${name}: ${RACES} races, ${requests} requests in ${seconds} s, ${wrong.length} without one winner, ${odd.length} odd answers, chain ${chain}`,
  )
  for (const line of [...wrong, ...odd].slice(0, 5)) console.log(`  ${line}`)
  await db.close()
}
await server.stop()
process.exitCode = good ? 0 : 1

async function measureQueue(name: string, db: Db): Promise<void> {
  await fillQueue(db, QUEUE)
  const { compiled } = await loadPolicy('policies/saas.yaml')
  const api = await openApp(db, { scorers: [createPhraseScorer(compiled.policy.phrases, '1')] })
  for (const path of ['/reviews', '/reviews?limit=200', '/reviews?team=platform&severity=P1']) {
    const times: number[] = []
    for (let n = 0; n < 220; n++) {
      const began = performance.now()
      const response = await api.get(path)
      await response.text()
      // The first ones fill caches.
      if (n >= 20) times.push(performance.now() - began)
    }
    times.sort((a, b) => a - b)
    const p95 = times[Math.floor(0.95 * times.length)]!
    const line = `${name}: GET ${path} of ${QUEUE} pending, p50 ${times[times.length >> 1]!.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`
    say(p95 < P95_MS, line)
  }
}
