import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/**
 * The header `webhook-signature` of Standard Webhooks: HMAC-SHA256 over id, timestamp (seconds) and body, in base64, one
 * per secret. Two secrets are given while receivers change over; either is enough for them.
 */
export function signatureOf(
  secrets: readonly string[],
  { id, seconds, body }: { readonly id: string; readonly seconds: number; readonly body: string },
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
      return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
    })
    .join(' ')
}
