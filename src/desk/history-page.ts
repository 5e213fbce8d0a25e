import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { SEVERITIES } from '../domain/labels.ts'
import type { Policy } from '../domain/policy.ts'
import { DECIDED_REVIEW_STATES } from '../domain/review-state.ts'
import type { DeskAssets } from './assets.ts'
import type { Html } from './html.ts'
import { sendPage } from './layout.ts'
import type { Names } from './names.ts'
import { namesOf } from './names.ts'
import type { QueueItem } from './queue-list.ts'
import { sessionOf } from './session.ts'
import { isShown } from './shown-review.ts'
import { showHidden } from './text/show-hidden.ts'
import { moment, spanOf } from './time.ts'

/** What the history may be narrowed to; each is one field of the form and of the address. */
export type HistoryFilter = {
  readonly outcome?: (typeof DECIDED_REVIEW_STATES)[number]
  readonly severity?: (typeof SEVERITIES)[number]
  readonly team?: string
  readonly reviewer?: string
  readonly cursor?: string
}

export type HistoryDeps = {
  readonly deskAssets: DeskAssets
  /** Decided reviews, newest first, with the cursor of the next page. */
  readonly historyPage: (
    filter: HistoryFilter,
  ) => Promise<{ readonly items: readonly QueueItem[]; readonly next: string | null }>
  /** Names of everybody who has decided lately. */
  readonly recentReviewers: () => Promise<readonly string[]>
  readonly currentPolicy: () => { readonly policy: Policy }
  readonly now: () => Date
}

/** Who decided what, and how fast. */
export function addHistory(desk: Hono, deps: HistoryDeps): void {
  desk.get('/history', async (c) => {
    const filter = readFilter(c)
    const [page, reviewers] = await Promise.all([deps.historyPage(filter), deps.recentReviewers()])
    const { policy } = deps.currentPolicy()
    return sendPage(c, deps.deskAssets, {
      title: 'History',
      place: 'history',
      session: sessionOf(c),
      main: html`<h1>History</h1>
        ${filterForm(filter, policy, reviewers)}
        ${decisions(page.items, namesOf(policy), deps.now())} ${pages(filter, page.next)}`,
    })
  })
}

/** What nobody offers is left out, so that an edited address shows more instead of an error. */
function readFilter(c: Context): HistoryFilter {
  const asked = (name: string) => c.req.query(name)?.slice(0, 500) || undefined
  const outcome = DECIDED_REVIEW_STATES.find((known) => known === asked('outcome'))
  const severity = SEVERITIES.find((known) => known === asked('severity'))
  const [team, reviewer, cursor] = [asked('team'), asked('reviewer'), asked('after')]
  return {
    ...(outcome !== undefined && { outcome }),
    ...(severity !== undefined && { severity }),
    ...(team !== undefined && { team }),
    ...(reviewer !== undefined && { reviewer }),
    ...(cursor !== undefined && { cursor }),
  }
}

function filterForm(
  { outcome, severity, team, reviewer }: HistoryFilter,
  { teams }: Policy,
  reviewers: readonly string[],
): Html {
  const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }))
  const named = Object.values(teams).map(({ id, name }) => ({ value: id, label: name }))
  return html`<form method="get" action="/review/history" class="filters" role="search">
    ${choice('reviewer', 'By', plain(reviewers), reviewer)}
    ${choice('outcome', 'Outcome', plain(DECIDED_REVIEW_STATES), outcome)}
    ${choice('severity', 'Severity', plain(SEVERITIES), severity)}
    ${choice('team', 'Team', named, team)}
    <button>Show</button>
  </form>`
}

function choice(
  name: string,
  label: string,
  options: readonly { readonly value: string; readonly label: string }[],
  chosen: string | undefined,
): Html {
  return html`<div>
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      <option value="">all</option>
      ${options.map(
        (option) =>
          html`<option value="${option.value}" ${option.value === chosen ? 'selected' : ''}>
            ${option.label}
          </option>`,
      )}
    </select>
  </div>`
}

function decisions(items: readonly QueueItem[], names: Names, now: Date): Html {
  if (items.length === 0) return html`<p class="panel">No decision fits.</p>`
  return html`<div class="panel scroll" role="region" aria-label="Decisions" tabindex="0">
    <table class="decisions">
      <thead>
        <tr>
          <th scope="col">Ticket</th>
          <th scope="col">Outcome</th>
          <th scope="col">By</th>
          <th scope="col">When</th>
          <th scope="col">Took</th>
          <th scope="col">Now</th>
        </tr>
      </thead>
      <tbody>
        ${items.map((item) => decision(item, names, now))}
      </tbody>
    </table>
  </div>`
}

function decision({ review, subject, body }: QueueItem, names: Names, now: Date): Html | '' {
  const { outcome, decidedAt, decidedBy, createdAt, dueAt } = review
  if (outcome === null || decidedAt === null || !isShown(review)) return ''
  const title = subject === '' ? body : subject
  const took = Date.parse(decidedAt) - Date.parse(createdAt)
  const late = Date.parse(decidedAt) - Date.parse(dueAt)
  return html`<tr>
    <th scope="row">
      <a href="/review/${review.id}"
        ><bdi>${title === '' ? 'Text erased' : showHidden(title.slice(0, 100))}</bdi></a
      >
      <span class="hint">${review.ticketId.slice(0, 80)}</span>
    </th>
    <td>
      ${outcome.kind}
      ${
        outcome.reason === undefined
          ? ''
          : html`<span class="hint"><bdi>${showHidden(outcome.reason.slice(0, 120))}</bdi></span>`
      }
    </td>
    <td>${decidedBy}</td>
    <td>${moment(decidedAt, now)}</td>
    <td class="number">
      ${spanOf(took)} ${late > 0 ? html`<span class="hint late">${spanOf(late)} late</span>` : ''}
    </td>
    <td>
      ${review.severity}, ${names.team(review.team)}
      <span class="hint">${names.person(review.owner)}</span>
    </td>
  </tr>`
}

function pages(filter: HistoryFilter, next: string | null): Html | '' {
  if (next === null && filter.cursor === undefined) return ''
  const { cursor: _cursor, ...kept } = filter
  const first = new URLSearchParams(kept)
  const more = new URLSearchParams({ ...kept, after: next ?? '' })
  return html`<p class="pages">
    ${filter.cursor === undefined ? '' : html`<a href="/review/history?${first}">Newest</a>`}
    ${next === null ? '' : html`<a href="/review/history?${more}" rel="next">Older</a>`}
  </p>`
}
