import { migrate } from '../../src/store/migrate.ts'
import { openPglite } from '../../src/store/open-pglite.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { aRecord } from './a-record.ts'

/** Opens the directory, says so, and writes one ticket after another until it is killed. */
const [directory, prefix] = process.argv.slice(2) as [string, string]
try {
  const db = await openPglite(directory)
  await migrate(db)
  console.log('open')
  for (let n = 0; ; n++) {
    const id = `${prefix}-${n}`
    const record = aRecord({ ticket: { id } })
    await recordTriage(db, {
      ...record,
      receipt: { ...record.receipt, decisionId: `D-${id}` },
    })
    console.log(`acknowledged ${id}`)
  }
} catch (error) {
  const { code, message } = error as { code?: string; message: string }
  console.log(`refused ${code}: ${message}`)
  process.exitCode = 3
}
