import { html } from 'hono/html'
import type { Policy } from '../../domain/policy.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { ReviewView } from '../../domain/review-view.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { ticketText } from '../../domain/ticket.ts'
import type { Explanation } from '../../explain.ts'
import type { Html } from '../html.ts'
import type { Names } from '../names.ts'
import { namesOf, spoken } from '../names.ts'
import type { Form } from '../read-form.ts'
import type { DeskSession } from '../session.ts'
import type { ShownReview } from '../shown-review.ts'
import { isOpen, isShown } from '../shown-review.ts'
import type { Mark } from '../text/marks.ts'
import type { TicketText } from '../text/ticket-text.ts'
import { showTicketText } from '../text/ticket-text.ts'
import { countdown, moment } from '../time.ts'
import { alternativesSection } from './alternatives.ts'
import type { ShownClock } from './clocks.ts'
import { clocksSection } from './clocks.ts'
import type { OpenForm } from './decide.ts'
import type { HistoryEntry } from './history.ts'
import { historySection } from './history.ts'
import { reasonsSection } from './reasons.ts'
import { scoresSection } from './scores.ts'
import type { SimilarTicket } from './similar.ts'
import { similarSection } from './similar.ts'
import { heldBecause, standing } from './standing.ts'
import { proposedSection, standingFields } from './suggestion.ts'

/** Everything that is known about a held ticket. */
export type CardData = {
  readonly review: ReviewView
  readonly receipt: Receipt
  /** As sent; null once erased. */
  readonly ticket: Ticket | null
  readonly clocks: readonly ShownClock[]
  readonly history: readonly HistoryEntry[]
  readonly similar: readonly SimilarTicket[]
  /** Absent when the policy of the decision is not known here any more. */
  readonly explanation?: Explanation
}

export type CardView = {
  readonly session: DeskSession
  readonly policy: Pick<Policy, 'teams' | 'people'>
  readonly now: Date
  readonly open: OpenForm | undefined
  /** The whole text, however long. */
  readonly allText: boolean
  /** Why the last thing that was tried did not happen, and what was sent. */
  readonly refused?: { readonly reason: string; readonly given: Form }
}

/** One held ticket with all that a person needs to decide it; of a blind review only what the customer wrote. */
export function card(data: CardData, view: CardView): Html {
  const { review } = data
  const { now } = view
  const names = namesOf(view.policy)
  const text = textOf(data, view)
  return html`<article class="card" aria-labelledby="card-title" data-review="${review.id}">
    <header class="card-head">
      <p class="back"><a href="/review">← Queue</a></p>
      <p class="pulse" data-severity="${review.severity ?? 'hidden'}">${pulse(review, now)}</p>
      <h1 id="card-title" dir="auto">${text.subject ?? 'No subject'}</h1>
      ${ticketFacts(data, now)} ${isOpen(review) && isShown(review) ? heldBecause(data) : ''}
    </header>
    ${standing(data, view, names)}
    <div class="columns">
      <div class="main-column">
        <section aria-labelledby="words-title">
          <h2 id="words-title" class="unseen">What the customer wrote</h2>
          ${text.body} ${rest(review, text, view)}
        </section>
        ${isShown(review) ? reasonsSection(data.receipt.decision.reasons) : ''}
        ${isShown(review) ? similarSection(data.similar, names, now) : ''}
        ${isShown(review) && review.kind === 'held' ? historySection(data.history, now) : ''}
      </div>
      <div class="side-column">${isShown(review) ? knownAbout(data, review, names, now) : ''}</div>
    </div>
  </article>`
}

function pulse({ severity, decidedAt, dueAt }: ReviewView, now: Date): Html {
  const badge =
    severity === null ? '' : html`<span class="severity ${severity}">${severity}</span> `
  return decidedAt === null
    ? html`${badge}${countdown(dueAt, now)} to decide`
    : html`${badge}decided ${moment(decidedAt, now)}`
}

function knownAbout(
  { receipt, clocks, explanation }: CardData,
  review: ShownReview,
  names: Names,
  now: Date,
): Html {
  const decided = review.outcome !== null
  // Nothing scored or promised an item with a known answer, and it must look like any other sample.
  const held = review.kind === 'held'
  return html`<section aria-labelledby="suggestion-title">
      <h2 id="suggestion-title">${decided ? 'Decision' : 'Suggestion'}</h2>
      ${standingFields(review, names)}
    </section>
    ${held ? clocksSection(clocks, now) : ''} ${held ? scoresSection(receipt.signals) : ''}
    ${alternativesSection(held ? receipt.signals : undefined, explanation, names)}
    ${decided ? '' : proposedSection(receipt.decision, names)}
    <p class="hint">
      Policy ${receipt.policy.id}
      ${receipt.policy.version}${
        held
          ? html` · scored by
            ${receipt.scorers.map(({ name, version }) => `${name} ${version}`).join(', ')}`
          : ''
      }
    </p>`
}

function textOf({ review, receipt, ticket }: CardData, { allText }: CardView): TicketText {
  // An erased ticket keeps its redacted text, which has the same offsets.
  const text = ticket === null ? receipt.redactedText : ticketText(ticket)
  const hasSubject = ticket !== null && ticket.subject !== undefined && ticket.body !== undefined
  const subjectLength = hasSubject ? ticket.subject?.length : undefined
  // Marks are a part of the suggestion.
  const marks = isShown(review) ? marksOf(receipt) : []
  return showTicketText(text, marks, { subjectLength, all: allText })
}

/** Words that a rule stands on, and words that only were noticed. */
function marksOf({ signals, decision }: Receipt): readonly Mark[] {
  const noticed = signals.triggers.map(({ start, end, kind }) => ({
    start,
    end,
    label: spoken(kind),
    strong: false,
  }))
  const used = decision.reasons.flatMap(({ evidence, rule, raise }) =>
    evidence.map(({ start, end }) => ({ start, end, label: rule, strong: raise !== undefined })),
  )
  return [...noticed, ...used]
}

function rest({ id }: ReviewView, { left, excerpts }: TicketText, { open }: CardView): Html | '' {
  if (left === 0) return ''
  const form = open === undefined ? '' : `&form=${open}`
  return html`${
      excerpts.length === 0
        ? ''
        : html`<h3>Also found further down</h3>
            <div class="words excerpts">${excerpts}</div>`
    }
    <p>
      <a class="button" href="/review/${id}?text=all${form}"
        >Read all: ${left.toLocaleString('en')} more characters</a
      >
    </p>`
}

function ticketFacts({ review, ticket, receipt }: CardData, now: Date): Html {
  const customer = ticket?.customer
  const value = customer?.annualValue
  const facts = [
    review.ticketId,
    customer?.id,
    customer?.tier,
    value === undefined ? undefined : `${value.toLocaleString('en')} a year`,
    customer?.region,
    ticket?.channel,
  ].filter((fact) => fact !== undefined)
  return html`<p class="facts">
    ${facts.map((fact) => html`<bdi>${fact.slice(0, 80)}</bdi> · `)}written
    ${moment(receipt.clockStart, now)}
    ${ticket === null ? html` · <b>erased</b>: the text below is redacted` : ''}
  </p>`
}
