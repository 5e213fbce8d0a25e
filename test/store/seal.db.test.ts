import { beforeAll, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { eraseCustomer } from '../../src/store/erase-customer.ts'
import { recordTriage } from '../../src/store/record-triage.ts'
import { transitionReview } from '../../src/store/reviews.ts'
import { readChainHead, seal, verifyChain } from '../../src/store/seal.ts'
import { aRecord, NOW } from './a-record.ts'
import { onBothStores } from './stores.ts'

/** 1,000 in the long run; the same code either way. */
const ATTACKS = Number(process.env.SEAL_ATTACKS ?? 60)
const TICKETS = 40

onBothStores((db) => {
  beforeAll(async () => {
    for (let n = 0; n < TICKETS; n++) {
      const customer = { id: `customer-${n % 5}` }
      const record = aRecord({ severity: n % 4 === 0 ? 'P1' : 'P3', ticket: { customer } })
      await recordTriage(db(), record)
      if (record.review !== null)
        await transitionReview(
          db(),
          record.review.id,
          { kind: 'approve' },
          { actor: 'r', now: NOW },
        )
    }
  })

  test('what waits is counted, then sealed once, and the chain holds', async () => {
    const entries = TICKETS + TICKETS / 4
    expect(await verifyChain(db())).toMatchObject({ ok: true, entries: 0, unsealed: entries })
    const sealed = await Promise.all([seal(db(), NOW), seal(db(), NOW), seal(db(), NOW)])
    expect(sealed.reduce((sum, count) => sum + count)).toBe(entries)
    expect(await seal(db(), NOW)).toBe(0)
    const report = await verifyChain(db())
    expect(report).toMatchObject({ ok: true, entries, unsealed: 0 })
    expect(report.ok && report.head).toEqual(await readChainHead(db()))
  })

  test('the service cannot change what it has written', async () => {
    for (const attack of [
      `update audit set actor = 'x'`,
      'delete from audit',
      `update receipts set answer = ''`,
      'delete from receipts',
      `update chain set hash = ''`,
      'delete from chain',
    ])
      await expect(db().rows(attack)).rejects.toThrow(/they are kept as written/)
    expect(await verifyChain(db())).toMatchObject({ ok: true })
  })

  test('erasing a customer keeps the chain valid', async () => {
    const erasure = { customerId: 'customer-1', actor: 'admin', now: NOW }
    expect((await eraseCustomer(db(), erasure)).tickets).toBe(TICKETS / 5)
    expect(await verifyChain(db())).toMatchObject({ ok: true, unsealed: TICKETS / 5 })
    await seal(db(), NOW)
    expect(await verifyChain(db())).toMatchObject({ ok: true, unsealed: 0 })
  })

  test('a cut tail shows: without a note by what it covered, with a note always', async () => {
    const noted = await readChainHead(db())
    await undone(db(), async (tx) => {
      await tx.rows('delete from chain where position > $1', [noted.position - 3])
      expect(await verifyChain(tx)).toMatchObject({ ok: false, firstBreak: { kind: 'unlisted' } })
      await tx.rows(`delete from receipts where decision_id in (select subject from audit a
        where not exists (select from chain c where c.audit_id = a.id) and action = 'decision.made')`)
      await tx.rows(
        'delete from audit where not exists (select from chain c where c.audit_id = id)',
      )
      expect(await verifyChain(tx, noted)).toMatchObject({
        ok: false,
        firstBreak: { kind: 'missing', position: noted.position - 3 },
      })
    })
  })

  test('a receipt slipped in past the service shows', async () => {
    await undone(db(), async (tx) => {
      await tx.rows(`insert into receipts (tenant, decision_id, ticket, revision, receipt, answer, created_at)
        select tenant, 'forged', ticket, 99, receipt, answer, created_at from receipts limit 1`)
      expect(await verifyChain(tx)).toMatchObject({ ok: false, firstBreak: { kind: 'unlisted' } })
    })
  })

  test(`${ATTACKS} random edits, deletions and swaps are all found`, async () => {
    const random = seeded(20_261_120)
    const missed: string[] = []
    for (let n = 0; n < ATTACKS; n++) {
      const attack = await randomAttack(db(), random)
      await undone(db(), async (tx) => {
        await attack.run(tx)
        if ((await verifyChain(tx)).ok) missed.push(attack.name)
      })
    }
    expect(missed).toEqual([])
    expect(await verifyChain(db())).toMatchObject({ ok: true })
  }, 300_000)
})

/** Runs with the guards off in a transaction that is taken back. */
async function undone(db: Db, work: (tx: Db) => Promise<void>): Promise<void> {
  const takeBack = new Error('take back')
  await db
    .transaction(async (tx) => {
      await tx.rows(`set local session_replication_role = 'replica'`)
      await work({ ...db, ...tx })
      throw takeBack
    })
    .catch((error: unknown) => {
      if (error !== takeBack) throw error
    })
}

type Attack = { readonly name: string; readonly run: (tx: Db) => Promise<void> }

const TEXTS = {
  receipts: ['receipt', 'answer', 'follows', 'tenant'],
  audit: ['actor', 'action', 'subject', 'before', 'after', 'reason', 'tenant'],
  chain: ['hash'],
} as const
const KEYS = { receipts: 'decision_id', audit: 'id', chain: 'position' } as const
const NUMBERS = [
  'receipts.revision',
  'receipts.ticket',
  'audit.ticket',
  'chain.audit_id',
  'chain.position',
]
const INSTANTS = ['receipts.created_at', 'audit.at', 'chain.sealed_at']

async function randomAttack(db: Db, random: () => number): Promise<Attack> {
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!
  const table = pick(['receipts', 'audit', 'chain'] as const)
  const key = KEYS[table]
  const ids = await db.rows<{ id: string }>(
    `select ${key}::text as id from ${table} order by ${key}`,
  )
  const { id } = pick(ids)
  const where = `${key}::text = '${id}'`
  const named = (what: string, run: Attack['run']) => ({ name: `${table} ${id}: ${what}`, run })

  const way = random()
  if (way < 0.15)
    return named(
      'delete',
      async (tx) => void (await tx.rows(`delete from ${table} where ${where}`)),
    )
  if (way < 0.3) {
    const other = pick(ids.filter((row) => row.id !== id)).id
    const column = { receipts: 'receipt', audit: 'subject', chain: 'audit_id' }[table]
    const before = await db.rows<{ id: string; v: string }>(
      `select ${key}::text as id, ${column}::text as v from ${table} where ${key}::text in ('${id}', '${other}')`,
    )
    const [a, b] = before
    return named(`swap ${column} with ${other}`, async (tx) => {
      const type = { receipts: 'json', audit: 'text', chain: 'bigint' }[table]
      if (table === 'chain')
        await tx.rows(`update chain set audit_id = -1 where ${key}::text = '${b!.id}'`)
      const set = (row: string, value: string) =>
        tx.rows(`update ${table} set ${column} = $1::text::${type} where ${key}::text = $2`, [
          value,
          row,
        ])
      await set(a!.id, b!.v)
      await set(b!.id, a!.v)
    })
  }
  if (way < 0.4) {
    const [table2, column] = pick(NUMBERS).split('.') as ['receipts' | 'audit' | 'chain', string]
    return {
      name: `${table2}.${column} + 1000`,
      run: async (tx) =>
        void (await tx.rows(
          `update ${table2} set ${column} = ${column} + 1000 where ctid = (select ctid from ${table2} where ${column} is not null offset ${Math.floor(random() * 20)} limit 1)`,
        )),
    }
  }
  if (way < 0.5) {
    const [table2, column] = pick(INSTANTS).split('.') as [string, string]
    return {
      name: `${table2}.${column} + 1 ms`,
      run: async (tx) =>
        void (await tx.rows(
          `update ${table2} set ${column} = ${column} + interval '1 millisecond' where ctid = (select ctid from ${table2} offset ${Math.floor(random() * 20)} limit 1)`,
        )),
    }
  }
  const column = pick(TEXTS[table])
  const [row] = await db.rows<{ v: string | null }>(
    `select ${column}::text as v from ${table} where ${where}`,
  )
  const changed = editByte(
    row!.v,
    random,
    column === 'receipt' || column === 'before' || column === 'after',
  )
  return named(`one byte of ${column}`, async (tx) => {
    const type = ['receipt', 'before', 'after'].includes(column) ? 'json' : 'text'
    await tx.rows(`update ${table} set ${column} = $1::text::${type} where ${where}`, [changed])
  })
}

/** One character is another one; in a document, a letter or a digit of it, so that it is still a document. */
function editByte(text: string | null, random: () => number, isDocument: boolean): string {
  if (text === null || text === '') return isDocument ? '1' : 'x'
  for (;;) {
    const at = Math.floor(random() * text.length)
    const old = text[at]!
    if (isDocument && !/[a-z1-8]/.test(old)) continue
    const fresh = /[0-9]/.test(old) ? String((Number(old) % 8) + 1) : old === 'x' ? 'y' : 'x'
    if (fresh === old) continue
    const edited = text.slice(0, at) + fresh + text.slice(at + 1)
    if (!isDocument || isJson(edited)) return edited
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
