import { canonicalJson } from '../domain/canonical-json.ts'
import type { Db, Statements } from './db.ts'
import { onlyRow } from './db.ts'
import { sha256 } from './digest.ts'

/*
 * The chain. Every audit entry gets a position and a hash over the hash before it and its own columns. The entry of a
 * decision holds the digests of receipt and answer, taken when they were written, so the chain covers those as well.
 * Commits do not wait for one another: entries are sealed afterwards by one sealer at a time, in the order it meets
 * them. Tickets are outside the chain, so erasing a text breaks nothing.
 */

/** One sealer at a time in all processes. */
const LOCK = 721_034_552
const PAGE = 1_000
/** What the first hash stands on. */
const ROOT = '0'.repeat(64)

/** The end of the chain. Kept outside the database (a log, a file), it shows even a chain that was cut and rebuilt. */
export type ChainHead = { readonly position: number; readonly hash: string }

/** Seals what waits and gives the number of entries: 0 when another sealer is at work. */
export async function seal(db: Db, now: Date): Promise<number> {
  let sealed = 0
  for (;;) {
    const pass = await sealPage(db, now)
    sealed += pass
    if (pass < PAGE) return sealed
  }
}

/** At most one page in a transaction, so that requests get their turn on a store with one connection. */
function sealPage(db: Db, now: Date): Promise<number> {
  return db.transaction(async (tx) => {
    const { mine } = onlyRow(
      await tx.rows<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [LOCK]),
    )
    if (!mine) return 0
    const waiting = await tx.rows<EntryRow>(
      `select ${ENTRY_COLUMNS} from unsealed u join audit a on a.id = u.audit_id order by a.id limit ${PAGE}`,
    )
    if (waiting.length === 0) return 0
    let { position, hash } = await readHeadWith(tx)
    const sealedAt = now.toISOString()
    const links = waiting.map((entry) => {
      position += 1
      hash = hashOf(hash, position, sealedAt, entry)
      return { position, auditId: entry.id, hash }
    })
    await tx.rows(
      `with links as (
         select * from json_to_recordset($1::text::json) as l (position bigint, "auditId" bigint, hash text)
       ), sealed as (
         insert into chain (position, audit_id, hash, sealed_at) select position, "auditId", hash, $2 from links
       )
       delete from unsealed where audit_id in (select "auditId" from links)`,
      [JSON.stringify(links), sealedAt],
    )
    return links.length
  })
}

export async function readChainHead(db: Db): Promise<ChainHead> {
  return readHeadWith(db)
}

async function readHeadWith(statements: Statements): Promise<ChainHead> {
  const [head] = await statements.rows<ChainHead>(
    'select position, hash from chain order by position desc limit 1',
  )
  return head ?? { position: 0, hash: ROOT }
}

/**
 * `changed`: an entry, its receipt or its answer is not what was sealed, or entries changed places.
 * `missing`: a link, an entry or a receipt is gone. `unlisted`: an entry or a receipt that the chain does not know.
 */
export type ChainBreak = {
  readonly kind: 'changed' | 'missing' | 'unlisted'
  /** Place in the chain, or the last good place when the row has none. */
  readonly position: number
  readonly what: string
}

export type ChainReport =
  | { readonly ok: true; readonly entries: number; readonly unsealed: number; head: ChainHead }
  | { readonly ok: false; readonly firstBreak: ChainBreak }

/** Reads the whole chain against what it covers and gives its first break. `anchor` is a head that was noted before. */
export async function verifyChain(db: Db, anchor?: ChainHead): Promise<ChainReport> {
  let head: ChainHead = { position: 0, hash: ROOT }
  const broken = (kind: ChainBreak['kind'], what: string): ChainReport => ({
    ok: false,
    firstBreak: { kind, position: head.position, what },
  })
  for (;;) {
    const page = await db.rows<LinkRow>(
      `select c.position, c.audit_id, c.hash, c.sealed_at, ${ENTRY_COLUMNS}, ${RECEIPT_COLUMNS}
         from chain c left join audit a on a.id = c.audit_id ${JOIN_RECEIPT}
        where c.position > $1 order by c.position limit ${PAGE}`,
      [head.position],
    )
    for (const link of page) {
      if (link.position !== head.position + 1)
        return broken('missing', `link ${head.position + 1} of the chain`)
      if (link.id === null) return broken('missing', `audit entry ${link.audit_id}`)
      const hash = hashOf(head.hash, link.position, link.sealed_at, link as EntryRow)
      if (hash !== link.hash)
        return broken('changed', `audit entry ${link.audit_id} or its place in the chain`)
      const fault = receiptFault(link as EntryRow & ReceiptRow)
      if (fault !== undefined) return broken(fault, `receipt ${link.subject}`)
      head = { position: link.position, hash }
      if (anchor?.position === head.position && anchor.hash !== head.hash)
        return broken('changed', `the chain up to the noted head ${anchor.position}`)
    }
    if (page.length < PAGE) break
  }
  if (anchor !== undefined && anchor.position > head.position)
    return broken('missing', `the end of the chain up to the noted head ${anchor.position}`)

  const waiting = await db.rows<Partial<EntryRow> & ReceiptRow & { audit_id: number }>(
    `select u.audit_id, ${ENTRY_COLUMNS}, ${RECEIPT_COLUMNS}
       from unsealed u left join audit a on a.id = u.audit_id ${JOIN_RECEIPT} order by u.audit_id`,
  )
  for (const entry of waiting) {
    if (entry.id === null) return broken('missing', `audit entry ${entry.audit_id}`)
    const fault = receiptFault(entry as EntryRow & ReceiptRow)
    if (fault !== undefined) return broken(fault, `receipt ${entry.subject}`)
  }
  const [unlisted] = await db.rows<{ what: string }>(UNLISTED)
  if (unlisted !== undefined) return broken('unlisted', unlisted.what)
  return { ok: true, entries: head.position, unsealed: waiting.length, head }
}

/** Rows that neither the chain nor the waiting list knows: added past the service, or their link was removed. */
const UNLISTED = `
  select 'audit entry ' || a.id as what from audit a
   where not exists (select from chain c where c.audit_id = a.id)
     and not exists (select from unsealed u where u.audit_id = a.id)
   union all
  select 'receipt ' || r.decision_id from receipts r
   where not exists (select from audit a where a.action = 'decision.made' and a.subject = r.decision_id)
   limit 1`

type EntryRow = {
  id: number
  tenant: string
  actor: string
  action: string
  subject: string
  ticket: number | null
  before: string | null
  after: string | null
  reason: string | null
  at: string
}

const ENTRY_COLUMNS =
  'a.id, a.tenant, a.actor, a.action, a.subject, a.ticket, a.before, a.after, a.reason, a.at'

/** The documents enter as their stored text, so every byte counts. */
function hashOf(before: string, position: number, sealedAt: string, entry: EntryRow): string {
  const { id, tenant, actor, action, subject, ticket, reason, at } = entry
  const documents = { before: entry.before, after: entry.after }
  const sealed = { id, tenant, actor, action, subject, ticket, ...documents, reason, at }
  return sha256(before + canonicalJson({ ...sealed, position, sealedAt }))
}

type ReceiptRow = {
  decision_id: string | null
  receipt_tenant: string
  receipt_ticket: number
  revision: number
  follows: string | null
  created_at: string
  receipt_sha256: string
  answer_sha256: string
}

type LinkRow = Partial<EntryRow> &
  ReceiptRow & { position: number; audit_id: number; hash: string; sealed_at: string }

/** Digests are taken by the database, so that verifying does not move every receipt. */
const RECEIPT_COLUMNS = `
  r.decision_id, r.tenant as receipt_tenant, r.ticket as receipt_ticket, r.revision, r.follows, r.created_at,
  encode(sha256(convert_to(r.receipt::text, 'UTF8')), 'hex') as receipt_sha256,
  encode(sha256(convert_to(r.answer, 'UTF8')), 'hex') as answer_sha256`
const JOIN_RECEIPT = `left join receipts r on a.action = 'decision.made' and r.decision_id = a.subject`

function receiptFault(entry: EntryRow & ReceiptRow): 'missing' | 'changed' | undefined {
  if (entry.action !== 'decision.made') return undefined
  if (entry.decision_id === null) return 'missing'
  const sealed = JSON.parse(entry.after ?? '{}') as Record<string, unknown>
  const same =
    sealed.receiptSha256 === entry.receipt_sha256 &&
    sealed.answerSha256 === entry.answer_sha256 &&
    sealed.revision === entry.revision &&
    sealed.follows === entry.follows &&
    entry.tenant === entry.receipt_tenant &&
    entry.ticket === entry.receipt_ticket &&
    entry.at === entry.created_at
  return same ? undefined : 'changed'
}
