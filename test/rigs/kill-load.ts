import { randomUUID } from 'node:crypto'
import type { Answer } from '../../src/domain/answer.ts'

/** What one client was told about one ticket. */
export type Sent = {
  readonly ticketId: string
  readonly key: string
  readonly body: string
  /** The decision that was acknowledged; null when no answer came (it may or may not have been recorded). */
  acknowledged: string | null
}

/** Keeps sending tickets until told to stop; every ticket carries an idempotency key. */
export function startLoad(url: string, clients: number) {
  const sent: Sent[] = []
  const unexpected: string[] = []
  const running = { on: true }

  async function client(): Promise<void> {
    while (running.on) {
      const ticketId = `K-${randomUUID()}`
      const entry: Sent = {
        ticketId,
        key: randomUUID(),
        body: bodyOf(ticketId),
        acknowledged: null,
      }
      sent.push(entry)
      const answer = await post(url, entry).catch(() => undefined)
      if (answer === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        continue
      }
      if (answer.status === 200) entry.acknowledged = answer.decisionId
      else if (answer.status !== 503) unexpected.push(`${ticketId}: status ${answer.status}`)
    }
  }

  const clientsDone = Promise.all(Array.from({ length: clients }, client))
  return {
    sent,
    unexpected,
    stop: async () => {
      running.on = false
      await clientsDone
    },
  }
}

/** Sends a ticket once (again). Rejects when there is no complete answer. */
export async function post(
  url: string,
  { key, body }: Sent,
): Promise<{ status: number; decisionId: string; replayed: boolean }> {
  const response = await fetch(`${url}/triage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `"${key}"` },
    body,
    signal: AbortSignal.timeout(15_000),
  })
  const answer = (await response.json()) as Partial<Answer>
  return {
    status: response.status,
    decisionId: answer.decisionId ?? '',
    replayed: response.headers.get('idempotency-replayed') === 'true',
  }
}

type TicketHistory = { readonly history?: readonly { readonly action: string }[] }

async function readTicket(url: string, ticketId: string): Promise<TicketHistory> {
  let response = await fetch(`${url}/tickets/${ticketId}`)
  for (let attempt = 0; response.status === 503 && attempt < 20; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    response = await fetch(`${url}/tickets/${ticketId}`)
  }
  return (await response.json()) as TicketHistory
}

/** A 503 asks to come back, so a client comes back; it may not be the answer for ever. */
async function postUntilTaken(url: string, entry: Sent) {
  let answer = await post(url, entry)
  for (let attempt = 0; answer.status === 503 && attempt < 20; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    answer = await post(url, entry)
  }
  return answer
}

/** What is wrong with a ticket after a crash, or null: nothing acknowledged is lost, and no key is decided twice. */
export async function wrongAfterCrash(url: string, entry: Sent): Promise<string | null> {
  const again = await postUntilTaken(url, entry)
  if (again.status !== 200) return `${entry.ticketId}: status ${again.status} when asked again`
  if (entry.acknowledged !== null && again.decisionId !== entry.acknowledged)
    return `${entry.ticketId}: acknowledged ${entry.acknowledged}, now ${again.decisionId}`
  if (entry.acknowledged !== null && !again.replayed)
    return `${entry.ticketId}: decided again instead of replayed`
  const ticket = await readTicket(url, entry.ticketId)
  const decisions = (ticket.history ?? []).filter(({ action }) => action === 'decision.made').length
  return decisions === 1 ? null : `${entry.ticketId}: ${decisions} decisions`
}

const bodyOf = (id: string) =>
  JSON.stringify({
    id,
    subject: 'Orders are stuck',
    body: 'Since this morning we cannot process any order and nobody answers. This is the third time I write.',
    customer: { id: `C-${id.slice(2, 6)}`, tier: 'enterprise' },
  })
