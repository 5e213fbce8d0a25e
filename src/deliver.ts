import type { Attempt, Delivery, Endpoint, OutboxEvent } from './domain/delivery.ts'
import { nextAttemptAt } from './domain/delivery.ts'
import type { EndpointKind } from './domain/webhook.ts'

export type DeliverDeps = {
  /** Gives every due event a delivery per endpoint that wants it. */
  readonly routeDue: (now: Date) => Promise<number>
  readonly endpointsDue: (now: Date) => Promise<readonly Endpoint[]>
  readonly claim: (
    endpoint: string,
    claim: { readonly now: Date; readonly limit: number; readonly leaseSeconds: number },
  ) => Promise<readonly Delivery[]>
  readonly markDelivered: (delivery: Delivery, now: Date) => Promise<boolean>
  readonly markFailed: (
    delivery: Delivery,
    failure: { readonly error: string; readonly nextAttemptAt: Date | null },
  ) => Promise<boolean>
  readonly disable: (endpoint: string, because: string, now: Date) => Promise<void>
  /** Never rejects: what goes wrong is an attempt that failed. Takes less than the lease. */
  readonly send: Readonly<
    Record<EndpointKind, (endpoint: Endpoint, event: OutboxEvent, now: Date) => Promise<Attempt>>
  >
  readonly now: () => Date
  /** 0 to below 1. */
  readonly random: () => number
  readonly onError: (error: unknown) => void
}

export type Deliverer = {
  /** One pass: what is due is on its way when it resolves. Gives how many endpoints that concerns. */
  readonly pass: () => Promise<number>
  /** Waits for what is on its way. */
  readonly settled: () => Promise<void>
}

/** At a time to one endpoint. */
const AT_ONCE = 8
/** Longer than any attempt. */
const LEASE_SECONDS = 60

/**
 * Sends the outbox. Every endpoint has a line of its own, so one that hangs holds up nobody else; a line that meets a
 * failure waits for the next pass. Safe on many replicas: claims decide who sends, at least once each.
 */
export function createDeliverer(deps: DeliverDeps): Deliverer {
  const lines = new Map<string, Promise<void>>()

  function start(endpoint: Endpoint): void {
    if (lines.has(endpoint.id)) return
    const line = sendLine(endpoint, deps)
      .catch((error: unknown) => deps.onError(error))
      .finally(() => lines.delete(endpoint.id))
    lines.set(endpoint.id, line)
  }

  return {
    async pass() {
      await deps.routeDue(deps.now())
      const due = await deps.endpointsDue(deps.now())
      for (const endpoint of due) start(endpoint)
      return due.length
    },
    async settled() {
      await Promise.all(lines.values())
    },
  }
}

async function sendLine(endpoint: Endpoint, deps: DeliverDeps): Promise<void> {
  for (;;) {
    const batch = await deps.claim(endpoint.id, {
      now: deps.now(),
      limit: AT_ONCE,
      leaseSeconds: LEASE_SECONDS,
    })
    const went = await Promise.all(batch.map((delivery) => sendOne(endpoint, delivery, deps)))
    if (batch.length < AT_ONCE || went.includes(false)) return
  }
}

async function sendOne(
  endpoint: Endpoint,
  delivery: Delivery,
  deps: DeliverDeps,
): Promise<boolean> {
  const attempt = await deps.send[endpoint.kind](endpoint, delivery.event, deps.now())
  const now = deps.now()
  if (attempt.ok) {
    await deps.markDelivered(delivery, now)
    return true
  }
  const { error, gone, retryAfterSeconds } = attempt
  const next = gone
    ? null
    : nextAttemptAt(delivery.attempts, {
        now,
        random: deps.random(),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      })
  await deps.markFailed(delivery, { error, nextAttemptAt: next })
  if (gone) await deps.disable(endpoint.id, error, now)
  return false
}
