import type { Attempt, Endpoint, OutboxEvent } from '../domain/delivery.ts'
import { attempt, type Post } from './post.ts'
import { slackMessageOf } from './slack-message.ts'

/** Sends events as messages for people, to an incoming webhook of Slack. What people need not see counts as sent. */
export function createSlackSender(
  post: Post,
  options: { readonly ticketText: boolean; readonly deskUrl: string | undefined },
): (endpoint: Endpoint, event: OutboxEvent, now: Date) => Promise<Attempt> {
  return async (endpoint, event, now) => {
    const message = slackMessageOf(event, options)
    if (message === null) return { ok: true }
    const headers = { 'content-type': 'application/json' }
    return attempt(post, { url: endpoint.url, headers, body: JSON.stringify(message) }, now)
  }
}
