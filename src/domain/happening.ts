/** What happens to a ticket outside of this service and moves its clocks. */
export const HAPPENINGS = [
  /** We answered the customer. */
  'replied',
  'customer_replied',
  /** We wait for the customer. */
  'paused',
  'resumed',
  'resolved',
  'reopened',
  /** It goes on as part of another ticket. */
  'merged',
  /** Another ticket goes on as part of this one. */
  'absorbed',
] as const
export type HappeningKind = (typeof HAPPENINGS)[number]

export type Happening = {
  readonly kind: HappeningKind
  /** ISO 8601 in UTC. */
  readonly at: string
  /** The other ticket of `merged` and `absorbed`. */
  readonly ticket?: string
  /** When the absorbed ticket's clocks began. */
  readonly openedAt?: string
  /** When it was answered first and last by then. */
  readonly answeredAt?: string
  readonly lastAnsweredAt?: string
}

/** In the order in which it happened; of what happened at once, in the order given. */
export function inOrder<H extends { readonly at: string }>(happened: readonly H[]): readonly H[] {
  return happened.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
