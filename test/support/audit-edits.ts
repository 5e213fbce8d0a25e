import type { Db } from '../../src/store/db.ts'
import { verifyChain } from '../../src/store/seal.ts'
import { seededRandom } from './seeded-random.ts'

const COLUMNS = ['tenant', 'actor', 'action', 'subject', 'before', 'after', 'reason', 'at'] as const
const PRINTABLE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .:-'

/** Changes one byte of one sealed audit entry at a time, verifies and puts it back; gives what was not noticed. */
export async function editAuditBytes(
  db: Db,
  { edits, seed }: { edits: number; seed: number },
): Promise<{ readonly done: number; readonly unnoticed: readonly string[] }> {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const unnoticed: string[] = []
  const ids = await db.rows<{ audit_id: number }>('select audit_id from chain order by position')
  // As somebody with all rights would do it.
  await db.rows('alter table audit disable trigger audit_is_kept')
  let done = 0
  while (done < edits) {
    const { audit_id: id } = ids[below(ids.length)]!
    const column = COLUMNS[below(COLUMNS.length)]!
    const [row] = await db.rows<{ text: string | null }>(
      `select ${column}::text as text from audit where id = $1`,
      [id],
    )
    const text = row!.text
    if (text === null || text === '') continue
    const place = below(text.length)
    const other = PRINTABLE[below(PRINTABLE.length)]!
    const edited = text.slice(0, place) + other + text.slice(place + 1)
    const type =
      column === 'before' || column === 'after' ? 'json' : column === 'at' ? 'timestamptz' : 'text'
    const write = (value: string) =>
      db.rows(
        `update audit set ${column} = $2::text::${type} where id = $1 and ${column}::text <> $2`,
        [id, value],
      )
    const stored = await write(edited).then(
      () => true,
      () => false,
    )
    const [now] = await db.rows<{ text: string }>(
      `select ${column}::text as text from audit where id = $1`,
      [id],
    )
    // The same byte, no JSON, no date, or the same instant said otherwise: nothing was changed.
    if (!stored || now!.text === text) continue
    const report = await verifyChain(db)
    if (report.ok) unnoticed.push(`${column} of ${id}: ${text} → ${edited}`)
    await write(text)
    done += 1
  }
  await db.rows('alter table audit enable trigger audit_is_kept')
  const report = await verifyChain(db)
  if (!report.ok) unnoticed.push(`put back, it is still broken: ${report.firstBreak.what}`)
  return { done, unnoticed }
}
