import type { EndpointKind } from './webhook.ts'

/** Something that happened to a ticket, to be told to others at least once. */
export type OutboxEvent = {
  readonly id: number
  readonly type: string
  readonly caller: string
  readonly ticketId: string
  /** 1, 2, 3 … per ticket without gaps. */
  readonly seq: number
  readonly decisionId: string
  readonly payload: unknown
  /** The answer's JSON of the decision that it tells of. */
  readonly answer: string | null
  readonly createdAt: string
}

export type Endpoint = {
  readonly id: string
  readonly kind: EndpointKind
  readonly url: string
  /** The current one first; beside it the one before, while receivers change over. */
  readonly secrets: readonly string[]
}

/** An event on its way to one endpoint, claimed by one sender. */
export type Delivery = {
  readonly id: number
  /** This try included. With `id` it names one claim: what a slower sender says later changes nothing. */
  readonly attempts: number
  readonly event: OutboxEvent
}

/** `gone`: the endpoint wants nothing any more (410). */
export type Attempt =
  | { readonly ok: true }
  | {
      readonly ok: false
      /** For people; without the endpoint's words. */
      readonly error: string
      readonly gone?: true
      readonly retryAfterSeconds?: number
    }

const SECOND = 1
const MINUTE = 60
const HOUR = 3_600
/** Seconds after the first, second … failed try, as Standard Webhooks publishes them; then it is given up. */
export const RETRY_SCHEDULE = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const
/** Up to so much is added by chance, so that what failed together does not come back together. */
const JITTER = 0.2
const LONGEST_WAIT = 24 * HOUR

/**
 * When to try again after `attempts` failed tries; null: never. `random` is from 0 to below 1. An endpoint may ask for
 * more time (Retry-After), up to a day, never for less.
 */
export function nextAttemptAt(
  attempts: number,
  { now, random, retryAfterSeconds = 0 }: { now: Date; random: number; retryAfterSeconds?: number },
): Date | null {
  const planned = RETRY_SCHEDULE[attempts - 1]
  if (planned === undefined) return null
  const wait = Math.max(planned * (1 + JITTER * random), Math.min(retryAfterSeconds, LONGEST_WAIT))
  return new Date(now.getTime() + Math.round(wait * 1_000))
}
