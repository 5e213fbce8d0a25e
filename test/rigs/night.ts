import { simulateNight } from '../support/night.ts'
import { openTestPglite, startPostgres } from '../support/store.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'

/** 500 critical tickets in a night without reviewers, three replicas: `npm run rig:night`. */
const plan = { criticals: 500, replicas: 3, seed: 20261121, minutes: 480 }

const server = await startPostgres()
const stores = {
  PGlite: await openTestPglite(),
  PostgreSQL: openPostgres(await server.createDatabase()),
}
let good = true
for (const [name, db] of Object.entries(stores)) {
  const night = await simulateNight(db, plan)
  const { firstNoticeSeconds, wrong, left, unmarked, closed, criticals } = night
  const fine =
    criticals === plan.criticals &&
    firstNoticeSeconds <= 900 &&
    wrong.length + left.length + unmarked + closed === 0
  good &&= fine
  console.log(
    `${name}: ${criticals} criticals, first notice after at most ${firstNoticeSeconds} s, ${wrong.length} told wrongly, ${left.length} left the house, ${unmarked} defaults not marked, ${closed} closed without a person: ${fine ? 'PASS' : 'FAIL'}`,
  )
  await db.close()
}
await server.stop()
process.exitCode = good ? 0 : 1
