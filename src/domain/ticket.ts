export const CHANNELS = ['email', 'web', 'chat', 'phone', 'social', 'api', 'other'] as const
export type Channel = (typeof CHANNELS)[number]

/** The request after parsing. Money is in the policy's currency; instants are ISO 8601 with offset. */
export type Ticket = {
  readonly id: string
  readonly channel?: Channel
  readonly subject?: string
  readonly body?: string
  readonly createdAt?: string
  readonly language?: string
  readonly customer?: Customer
  readonly order?: { readonly value?: number; readonly delayHours?: number }
  readonly impact?: { readonly affectedUsers?: number; readonly downtimeMinutes?: number }
  readonly history?: History
  readonly thread?: readonly ThreadMessage[]
  /** Anything else; a policy reads entries by name once it has declared their type. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

export type Customer = {
  readonly id?: string
  readonly tier?: string
  /** Contract value for one year. */
  readonly annualValue?: number
  readonly region?: string
  /** IANA time zone. */
  readonly timezone?: string
  readonly language?: string
  readonly renewalAt?: string
  /** 0 (about to leave) to 100. */
  readonly healthScore?: number
  readonly regulated?: boolean
  /** How they want to be answered. */
  readonly preferredChannel?: Channel
}

/** What happened on this matter before this message, as the platform counts it. */
export type History = {
  /** Earlier contacts about the same matter. */
  readonly contacts?: number
  readonly reopened?: number
  /** Service targets already missed. */
  readonly breaches?: number
  /** Minutes until the next service target is missed; negative when it is past. */
  readonly minutesToBreach?: number
}

export type ThreadMessage = {
  readonly from: 'customer' | 'agent'
  readonly body: string
  readonly at?: string
}

/**
 * The text that every offset refers to: subject, newline, body when both are there, else the one there is.
 * Offsets are UTF-16 code units.
 */
export function ticketText(ticket: Ticket): string {
  if (ticket.subject !== undefined && ticket.body !== undefined)
    return `${ticket.subject}\n${ticket.body}`
  return ticket.subject ?? ticket.body ?? ''
}

/** The instant the customer's clocks start: `createdAt`, or arrival when it is absent or in the future. */
export function clockStart(ticket: Ticket, now: Date): Date {
  if (ticket.createdAt === undefined) return now
  const created = new Date(ticket.createdAt)
  return created.getTime() > now.getTime() ? now : created
}
