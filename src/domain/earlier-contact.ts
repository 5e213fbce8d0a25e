import type { FactValue } from './facts.ts'

/** A ticket that the same customer sent before, newest first. */
export type EarlierContact = {
  readonly ticketId: string
  readonly at: string
  /** The keys of its words, terms and meaning; null when they are not known any more. */
  readonly topics: readonly string[] | null
  readonly textHash: string | null
  /** The caller that sent it is the same one. */
  readonly sameCaller: boolean
  /** How often it came back after it was solved. */
  readonly reopened: number
  /** A time that was promised for it has passed without word from us. */
  readonly promisePassed: boolean
}

/** An earlier ticket that this one belongs with; shown with the decision, never hidden behind it. */
export type TicketLink = {
  /** `resend`: the very same words within minutes. `repeat`: the same customer about the same. */
  readonly kind: 'resend' | 'repeat'
  readonly ticketId: string
  readonly at: string
}

export type Repeats = {
  readonly links: readonly TicketLink[]
  readonly facts: Readonly<Record<string, FactValue>>
}

const RESEND_MINUTES = 10
const REPEAT_DAYS = 7
const MAX_LINKS = 10
/** Of the topics that two tickets have, this share must be common to both. */
const SAME_TOPIC = 0.3
const LEAST_COMMON = 2
const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS

/**
 * What earlier tickets of the same customer say about this one. A resend, byte for byte the same words from the same
 * caller within minutes, is folded: it is linked and counts as no further contact. Facts are there only when they
 * say something.
 */
export function findRepeats(
  ticket: {
    readonly id: string
    readonly topics: readonly string[]
    readonly textHash: string
    readonly now: Date
  },
  earlier: readonly EarlierContact[],
): Repeats {
  const nowMs = ticket.now.getTime()
  const isOwn = ({ ticketId, sameCaller }: EarlierContact) => sameCaller && ticketId === ticket.id
  const others = earlier.filter(
    (contact) => !isOwn(contact) && nowMs - Date.parse(contact.at) <= REPEAT_DAYS * DAY_MS,
  )
  const isResend = ({ textHash, sameCaller, at }: EarlierContact) =>
    sameCaller &&
    textHash === ticket.textHash &&
    nowMs - Date.parse(at) <= RESEND_MINUTES * MINUTE_MS
  const resends = others.filter(isResend)
  const original = resends.at(-1)
  // What was sent again is one contact: only what was there before the first sending counts.
  const before = others.filter((contact) => !isResend(contact))
  const same = before.filter(({ topics }) => topics !== null && isSameTopic(topics, ticket.topics))
  // Counted over all callers; named are only tickets of the one who gets the answer.
  const own = same.filter(({ sameCaller }) => sameCaller)
  const links: readonly TicketLink[] = [
    ...(original === undefined ? [] : [linkOf('resend', original)]),
    ...own.map((contact) => linkOf('repeat', contact)),
  ].slice(0, MAX_LINKS)
  // What happened to this very ticket, when it comes again with more to say.
  const matter = [...same, ...earlier.filter(isOwn)]
  const reopened = matter.reduce((sum, contact) => sum + contact.reopened, 0)
  return {
    links,
    facts: {
      ...(same.length > 0 && {
        'repeat.contacts7d': same.length + 1,
        'repeat.tickets': [
          ...own.map(({ ticketId }) => ticketId).slice(0, MAX_LINKS),
          ...(own.length < same.length ? [`${same.length - own.length} of another platform`] : []),
        ],
      }),
      ...(reopened > 0 && { 'repeat.reopened': reopened }),
      ...(matter.some(({ promisePassed }) => promisePassed) && { 'repeat.promisePassed': true }),
      ...(original !== undefined && { 'repeat.resendOf': original.ticketId }),
    },
  }
}

const linkOf = (kind: TicketLink['kind'], { ticketId, at }: EarlierContact) => ({
  kind,
  ticketId,
  at,
})

/**
 * Enough in common: two of the words and terms and a good share of the smaller set, which no model can undo, or else
 * two things that a model says about both, its intent and a group of meaning.
 */
function isSameTopic(a: readonly string[], b: readonly string[]): boolean {
  const [said, read] = [isSaid, isRead].map((kind) => {
    const known = new Set(a.filter(kind))
    const asked = b.filter(kind)
    const common = asked.filter((topic) => known.has(topic)).length
    return { common, least: Math.min(known.size, asked.length) }
  }) as [Common, Common]
  const inWords = said.common >= LEAST_COMMON && said.common >= SAME_TOPIC * said.least
  return inWords || read.common >= LEAST_COMMON
}

type Common = { readonly common: number; readonly least: number }

const isRead = (topic: string) => topic.startsWith('intent:') || topic.startsWith('meaning:')
const isSaid = (topic: string) => !isRead(topic)
