import { html } from 'hono/html'
import type { ReviewView } from '../domain/review-view.ts'
import type { Html } from './html.ts'
import type { Names } from './names.ts'
import { isShown } from './shown-review.ts'
import { showHidden } from './text/show-hidden.ts'
import { countdown, pressureOf } from './time.ts'

/** A line of the queue: the review, and how its ticket begins. */
export type QueueItem = {
  readonly review: ReviewView
  readonly subject: string
  readonly body: string
  readonly customerId: string | null
}

export type QueueView = {
  readonly items: readonly QueueItem[]
  /** All that wait, also on other pages. */
  readonly open: number
  /** Address of the next page; null on the last. */
  readonly next: string | null
  readonly firstPage: boolean
  /** Id of the review whose card is shown. */
  readonly chosen: string | null
  readonly actor: string
  readonly now: Date
}

/** The waiting tickets, most pressing first. */
export function queueList(view: QueueView, names: Names): Html {
  const { items, open, next, firstPage } = view
  return html`<section id="queue" class="queue" aria-labelledby="queue-title" data-open="${open}">
    <h2 id="queue-title">
      ${open === 0 ? 'Nothing waits' : `${open.toLocaleString('en')} waiting`}
    </h2>
    ${open === 0 ? html`<p class="hint">New tickets appear here by themselves.</p>` : ''}
    <ol class="plain">
      ${items.map((item) => queueLine(item, view, names))}
    </ol>
    ${
      firstPage && next === null
        ? ''
        : html`<p class="pages">
            ${firstPage ? '' : html`<a href="/review">First page</a>`}
            ${next === null ? '' : html`<a href="${next}" rel="next">Next page</a>`}
          </p>`
    }
  </section>`
}

function queueLine(item: QueueItem, view: QueueView, names: Names): Html {
  const { review } = item
  const { chosen, now } = view
  const title = item.subject === '' ? item.body : item.subject
  const shown = title === '' ? 'Text erased' : showHidden(title.slice(0, 120))
  return html`<li>
    <a
      id="line-${review.id}"
      class="line"
      href="/review/${review.id}"
      data-review="${review.id}"
      data-severity="${review.severity ?? 'hidden'}"
      data-pressure="${pressureOf(review.dueAt, now)}"
      ${review.id === chosen ? html`aria-current="true"` : ''}
    >
      ${severityBadge(review)} ${countdown(review.dueAt, now)}
      <bdi class="title">${shown}</bdi>
      <span class="facts">${aboutIt(review, names)}${notesOn(review, view)}</span>
    </a>
  </li>`
}

/** A blind review shows no severity: who sees it judges otherwise. */
function severityBadge({ severity }: ReviewView): Html {
  return severity === null
    ? html`<span class="severity plain" title="Hidden until you have judged">?</span>`
    : html`<span class="severity ${severity}">${severity}</span>`
}

const aboutIt = (review: ReviewView, names: Names) =>
  isShown(review)
    ? `${names.team(review.team)} · ${names.person(review.owner)}`
    : 'Judge without the suggestion'

/** Who has it, what became of its time, and who should take it. */
function notesOn(review: ReviewView, { actor }: QueueView): readonly (Html | '')[] {
  const { claimedBy, leaseUntil, proposal, defaultedAt, suggestedReviewer, kind } = review
  const holder =
    claimedBy === null || leaseUntil === null
      ? ''
      : html` ·
          <b class="holder" data-until="${leaseUntil}"
            >with ${claimedBy === actor ? 'you' : claimedBy}</b
          >`
  return [
    holder,
    proposal === null ? '' : html` · <b>second pair of eyes</b>`,
    defaultedAt === null ? '' : html` · <b>default holds</b>`,
    kind === 'sample' ? html` · sample` : '',
    holder === '' && suggestedReviewer !== null ? html` · for ${suggestedReviewer.name}` : '',
  ]
}
