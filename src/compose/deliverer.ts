import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { Deliverer } from '../deliver.ts'
import { createDeliverer } from '../deliver.ts'
import type { Post } from '../delivery/post.ts'
import { createSlackSender } from '../delivery/slack.ts'
import { createWebhookSender } from '../delivery/webhook.ts'
import type { Db } from '../store/db.ts'
import {
  claimDeliveries,
  endpointsDue,
  markDelivered,
  markFailed,
  routeDue,
} from '../store/deliveries.ts'
import { disableWebhook } from '../store/webhooks.ts'

export type DelivererParts = {
  readonly db: Db
  readonly policy: CompiledPolicy
  readonly post: Post
  /** Where people reach this service; absent: messages have no link. */
  readonly publicUrl: string | undefined
  readonly now: () => Date
  readonly onError: (error: unknown) => void
}

/** Joins the outbox to the senders. */
export function openDeliverer({
  db,
  policy,
  post,
  publicUrl,
  ...parts
}: DelivererParts): Deliverer {
  const ticketText = policy.policy.webhooks?.ticketText ?? false
  return createDeliverer({
    ...parts,
    routeDue: (now) => routeDue(db, now),
    endpointsDue: (now) => endpointsDue(db, now),
    claim: (endpoint, claim) => claimDeliveries(db, endpoint, claim),
    markDelivered: (delivery, now) => markDelivered(db, delivery, now),
    markFailed: (delivery, failure) => markFailed(db, delivery, failure),
    disable: (id, because, now) => disableWebhook(db, { id, because, actor: 'service', now }),
    send: {
      webhook: createWebhookSender(post, { ticketText }),
      slack: createSlackSender(post, { ticketText, deskUrl: publicUrl }),
    },
    random: Math.random,
  })
}
