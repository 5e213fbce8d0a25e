import { randomBytes, randomUUID } from 'node:crypto'
import type { Answer } from '../../src/domain/answer.ts'
import type { Role } from '../../src/domain/api-key.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import type { Db } from '../../src/store/db.ts'
import { createKey } from '../../src/store/keys.ts'
import { openPostgres } from '../../src/store/open-postgres.ts'
import { findReceipt } from '../../src/store/receipts.ts'
import { openApp } from '../support/app.ts'
import type { TestPostgres } from '../support/store.ts'
import { startPostgres } from '../support/store.ts'
import type { RunningWorker } from '../support/worker.ts'
import { startWorker } from '../support/worker.ts'

export type TestTicket = { readonly id: string; readonly [field: string]: unknown }

/** What became of one ticket on both sides. */
export type Pair = {
  readonly ticket: TestTicket
  readonly worker: Receipt
  readonly node: Receipt
  /** Request to answer in workerd, as the caller sees it. */
  readonly ms: number
}

/** POST /triage of the Worker. */
export type Triage = (ticket: unknown, headers?: Record<string, string>) => Promise<Answer>

export type BothRuntimes = {
  readonly postgres: TestPostgres
  readonly worker: RunningWorker
  /** The Worker's database. */
  readonly db: Db
  readonly newKey: (...roles: Role[]) => Promise<string>
  readonly send: (path: string, init?: RequestInit, key?: string) => Promise<Response>
  readonly triage: Triage
  readonly decideOnBoth: (ticket: TestTicket) => Promise<Pair>
  readonly close: () => Promise<void>
}

/** The Worker in workerd and the app in this process, each on an empty database of one PostgreSQL. */
export async function openBothRuntimes(): Promise<BothRuntimes> {
  const closing: (() => Promise<void>)[] = []
  async function close(): Promise<void> {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  try {
    const postgres = await startPostgres()
    closing.push(() => postgres.stop())
    const workerUrl = await postgres.createDatabase()
    const db = openPostgres(workerUrl, { max: 2 })
    closing.push(() => db.close())
    const nodeDb = openPostgres(await postgres.createDatabase(), { max: 2 })
    closing.push(() => nodeDb.close())
    const worker = await startWorker({
      databaseUrl: workerUrl,
      variables: { RATE_LIMIT_PER_MINUTE: '10000000', LOG_LEVEL: 'error' },
    })
    closing.push(() => worker.stop())

    async function newKey(...roles: Role[]): Promise<string> {
      const plan = { id: randomUUID(), name: randomUUID(), roles, secret: randomBytes(32) }
      return (await createKey(db, { ...plan, actor: 'test', now: new Date() })).key
    }
    const key = await newKey('admin')
    async function send(path: string, init: RequestInit = {}, as = key): Promise<Response> {
      const headers = { authorization: `Bearer ${as}`, ...(init.headers as object) }
      return fetch(worker.url + path, { ...init, headers })
    }
    async function triage(ticket: unknown, headers: Record<string, string> = {}): Promise<Answer> {
      const response = await send('/triage', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(ticket),
      })
      const body = await response.text()
      if (response.status !== 200)
        throw new Error(`POST /triage answered ${response.status}: ${body}\n${worker.output()}`)
      return JSON.parse(body) as Answer
    }

    let instant = new Date()
    let elapsed = 0
    const node = await openApp(nodeDb, {
      now: () => instant,
      // The Worker remembers no roster between requests, so time flies here.
      elapsedMs: () => (elapsed += 60_000),
    })
    /** The Worker first; its instant is then the one of Node, so that both see the same conditions. */
    async function decideOnBoth(ticket: TestTicket): Promise<Pair> {
      await copyObservations(db, nodeDb)
      const start = performance.now()
      const answer = await triage(ticket)
      const ms = performance.now() - start
      const onWorker = await receiptOf(db, answer.decisionId)
      instant = new Date(onWorker.now)
      const onNode = await receiptOf(nodeDb, (await node.triage(ticket)).decisionId)
      // One ticket that was decided otherwise must not change the load of people for all later ones.
      const { owner } = onWorker.decision.route
      await nodeDb.rows('update tickets set owner = $1 where external_id = $2', [
        owner.id,
        ticket.id,
      ])
      return { ticket, worker: onWorker, node: onNode, ms }
    }
    return { postgres, worker, db, newKey, send, triage, decideOnBoth, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function receiptOf(db: Db, decisionId: string): Promise<Receipt> {
  const stored = await findReceipt(db, decisionId)
  if (stored === undefined) throw new Error(`No receipt of ${decisionId}`)
  return stored.receipt
}

/** What is counted for spikes depends on the intents of earlier tickets; each pair starts from the same counts. */
async function copyObservations(from: Db, to: Db): Promise<void> {
  const [{ list } = { list: '[]' }] = await from.rows<{ list: string }>(
    "select coalesce(json_agg(o), '[]')::text as list from observations o",
  )
  await to.rows('delete from observations')
  await to.rows(
    'insert into observations select * from json_populate_recordset(null::observations, $1::text::json)',
    [list],
  )
}
