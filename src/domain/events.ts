/** Events that a webhook endpoint can ask for, as they stand in the outbox. */
export const EVENTS = [
  'decision.made',
  'review.opened',
  'review.claimed',
  'review.released',
  /** The first of two people decided. */
  'review.proposed',
  'review.decided',
  /** A decision was taken back before anybody was told; it has the number that the decision would have had. */
  'review.undone',
  'review.superseded',
  /** Nobody decided in time: the declared default holds, marked as such. */
  'review.defaulted',
  /** People of ours are told now; never the customer. */
  'page.requested',
  'clock.warned',
  'clock.breached',
  'spike.opened',
  'spike.confirmed',
  'spike.rejected',
  'spike.closed',
] as const
export type EventType = (typeof EVENTS)[number]
