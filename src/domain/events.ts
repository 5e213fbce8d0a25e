/** Events that a webhook endpoint can ask for, as they stand in the outbox. */
export const EVENTS = ['decision.made', 'review.opened', 'review.decided'] as const
export type EventType = (typeof EVENTS)[number]
