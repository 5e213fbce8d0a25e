import { randomBytes } from 'node:crypto'
import { TriageError } from '../domain/errors.ts'
import { namesPrivateAddress } from '../delivery/address-guard.ts'
import type { WebhookDeps } from '../http/webhooks.ts'
import type { Db } from '../store/db.ts'
import {
  deleteWebhook,
  enableWebhook,
  listWebhooks,
  registerWebhook,
  rotateSecret,
} from '../store/webhooks.ts'

export type WebhookParts = {
  readonly db: Db
  readonly allowPrivate: boolean
  readonly newId: () => string
  readonly now: () => Date
}

const DAY_MS = 24 * 3_600_000

/** Joins the endpoints of the store to their secrets and to the rule which addresses may be sent to. */
export function createWebhookDeps({
  db,
  allowPrivate,
  newId,
  now,
}: WebhookParts): Pick<
  WebhookDeps,
  'listWebhooks' | 'registerWebhook' | 'rotateWebhook' | 'enableWebhook' | 'deleteWebhook'
> {
  return {
    listWebhooks: () => listWebhooks(db),
    async registerWebhook({ kind, url, events }, actor) {
      if (!allowPrivate && namesPrivateAddress(url)) throw privateAddress()
      const secret = newSecret()
      const plan = { id: newId(), kind, url, events, secret, actor, now: now() }
      const hook = await registerWebhook(db, plan)
      return kind === 'webhook' ? { ...hook, secret } : hook
    },
    async rotateWebhook(id, actor) {
      const secret = newSecret()
      const at = now()
      const previousUntil = new Date(at.getTime() + DAY_MS)
      const changed = await rotateSecret(db, { id, secret, previousUntil, actor, now: at })
      return changed ? secret : undefined
    },
    enableWebhook: (id, actor) => enableWebhook(db, { id, actor, now: now() }),
    deleteWebhook: (id, actor) => deleteWebhook(db, { id, actor, now: now() }),
  }
}

/** Standard Webhooks: 24 to 64 random bytes, shown as whsec_ and base64. */
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`

const privateAddress = () =>
  new TriageError(
    'invalid_request',
    'Cannot send to this address: it is private; ALLOW_PRIVATE_WEBHOOKS=true allows it',
    { detail: { errors: [{ pointer: '/url', message: 'a public address is required' }] } },
  )
