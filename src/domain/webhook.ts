/** `webhook`: signed JSON (Standard Webhooks). `slack`: a message for people. */
export const ENDPOINT_KINDS = ['webhook', 'slack'] as const
export type EndpointKind = (typeof ENDPOINT_KINDS)[number]

/** An endpoint that events are sent to. */
export type Webhook = {
  readonly id: string
  readonly kind: EndpointKind
  readonly url: string
  /** Event types it wants; empty means all. */
  readonly events: readonly string[]
  readonly enabled: boolean
  /** Why nothing is sent to it any more. */
  readonly disabledBecause: string | null
  readonly createdAt: string
}
