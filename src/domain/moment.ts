/** The two instants a decision depends on, ISO 8601 in UTC. */
export type Moment = {
  /** When the decision is made. */
  readonly now: string
  /** When the customer's clocks start: `createdAt`, or arrival. */
  readonly clockStart: string
}
