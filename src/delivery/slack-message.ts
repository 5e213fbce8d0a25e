import type { Answer } from '../domain/answer.ts'
import type { OutboxEvent } from '../domain/delivery.ts'

/** What payloads of review events and pages have in common; each has some of it. */
type Payload = {
  readonly reviewId?: string
  /** The suggestion is hidden from whoever judges it. */
  readonly blind?: boolean
  readonly severity?: string
  readonly team?: string
  readonly owner?: string
  readonly dueAt?: string
  readonly because?: string
  readonly people?: readonly { readonly name: string }[]
  readonly outcome?: string
  readonly decidedBy?: string
  readonly reason?: string
}

type Text = { readonly type: 'plain_text' | 'mrkdwn'; readonly text: string }
type Block =
  | { readonly type: 'header'; readonly text: Text }
  | { readonly type: 'section'; readonly text?: Text; readonly fields?: readonly Text[] }
  | { readonly type: 'actions'; readonly elements: readonly object[] }
export type SlackMessage = { readonly text: string; readonly blocks: readonly Block[] }

const MOST_REASONS = 6
/** Slack refuses longer texts. */
const HEADER_LENGTH = 150
const SECTION_LENGTH = 3_000

/**
 * The card of the review desk as a message (Block Kit); null for events that are for machines. Nothing of a ticket is
 * markup: names, reasons and quotes are escaped, so they can mention nobody and link nowhere.
 */
export function slackMessageOf(
  { type, ticketId, payload, answer }: OutboxEvent,
  { ticketText, deskUrl }: { readonly ticketText: boolean; readonly deskUrl: string | undefined },
): SlackMessage | null {
  const about = payload as Payload
  const title = titleOf(type, ticketId, about)
  if (title === null) return null
  const decision = answer === null || about.blind === true ? null : (JSON.parse(answer) as Answer)
  const reasons = decision === null ? [] : reasonLines(decision, ticketText)
  const blocks: Block[] = [
    { type: 'header', text: { type: 'plain_text', text: cut(title, HEADER_LENGTH) } },
    ...section(about.because),
    ...fields(about, decision),
    ...(reasons.length > 0 ? [markdown(reasons.join('\n'))] : []),
    ...section(about.reason),
    ...link(deskUrl, about.reviewId),
  ]
  return { text: escape(title), blocks }
}

function titleOf(type: string, ticketId: string, about: Payload): string | null {
  const what = [about.severity, ticketId].filter((part) => part !== undefined).join(' ')
  switch (type) {
    case 'review.opened':
      return `${what} waits for a person`
    case 'review.defaulted':
      return `${what}: nobody decided in time (default, not a person)`
    case 'review.decided':
      return `${what} ${about.outcome} by ${about.decidedBy}`
    case 'review.undone':
      return `${what} waits again: the decision was taken back`
    case 'page.requested':
      return `${what}: ${(about.people ?? []).map(({ name }) => name).join(', ')}, please look`
    default:
      return null
  }
}

function fields(about: Payload, decision: Answer | null): Block[] {
  const shown: readonly (readonly [string, string | undefined])[] = [
    ['Severity', about.severity ?? decision?.severity],
    ['Type', decision?.type],
    ['Team', about.team ?? decision?.route.team],
    ['Owner', about.owner ?? decision?.route.owner.name],
    ['Decide by', about.dueAt],
  ]
  const texts = shown.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ type: 'mrkdwn' as const, text: cut(`*${name}*\n${escape(value)}`, 2_000) }],
  )
  return texts.length > 0 ? [{ type: 'section', fields: texts }] : []
}

function reasonLines({ reasons }: Answer, ticketText: boolean): readonly string[] {
  return reasons
    .filter(({ kind }) => kind === 'trigger' || kind === 'review')
    .slice(0, MOST_REASONS)
    .map(({ sentence, evidence }) => {
      const quotes = ticketText ? evidence.map(({ quote }) => ` “${escape(cut(quote, 200))}”`) : []
      return `• ${escape(sentence)}${quotes.join('')}`
    })
}

function link(deskUrl: string | undefined, reviewId: string | undefined): Block[] {
  if (deskUrl === undefined || reviewId === undefined) return []
  const url = `${deskUrl.replace(/\/$/, '')}/review/${encodeURIComponent(reviewId)}`
  const text = { type: 'plain_text', text: 'Open the review' }
  return [{ type: 'actions', elements: [{ type: 'button', text, url }] }]
}

const section = (text: string | undefined): Block[] =>
  text === undefined || text === '' ? [] : [markdown(escape(text))]

const markdown = (text: string): Block => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(text, SECTION_LENGTH) },
})

/** The three characters that Slack reads as markup of links and mentions; emphasis marks lose their power to a joiner. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, (mark) => `\u2060${mark}\u2060`)
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`
}
