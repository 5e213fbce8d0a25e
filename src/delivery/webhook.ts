import type { Attempt, Endpoint, OutboxEvent } from '../domain/delivery.ts'
import { attempt, type Post } from './post.ts'
import { signatureOf } from './sign.ts'

/** Sends events as signed JSON (Standard Webhooks). The id stays the same over all tries of an event. */
export function createWebhookSender(
  post: Post,
  { ticketText }: { readonly ticketText: boolean },
): (endpoint: Endpoint, event: OutboxEvent, now: Date) => Promise<Attempt> {
  return (endpoint, event, now) => {
    const id = `evt_${event.id}`
    const seconds = Math.floor(now.getTime() / 1_000)
    const body = JSON.stringify(bodyOf(event, ticketText))
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'triage-webhooks',
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signatureOf(endpoint.secrets, { id, seconds, body }),
    }
    return attempt(post, { url: endpoint.url, headers, body }, now)
  }
}

/** `sequence` counts the events of a ticket without gaps, so that a receiver sees what it missed and what came late. */
export function bodyOf(event: OutboxEvent, ticketText: boolean) {
  const { type, createdAt, ticketId, caller, seq, decisionId, payload, answer } = event
  const decision =
    type === 'decision.made' && answer !== null ? { decision: JSON.parse(answer) as unknown } : {}
  const data = { ...(payload as object), ticketId, caller, sequence: seq, decisionId, ...decision }
  return { type, timestamp: createdAt, data: ticketText ? data : withoutQuotes(data) }
}

/** The customer's own words stand in members named `quote` and nowhere else. */
function withoutQuotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutQuotes)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'quote')
      .map(([name, member]) => [name, withoutQuotes(member)]),
  )
}
