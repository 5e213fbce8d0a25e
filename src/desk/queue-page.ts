import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { TriageError } from '../domain/errors.ts'
import type { Policy } from '../domain/policy.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { ReviewView } from '../domain/review-view.ts'
import type { ReviewAnswer } from '../http/reviews.ts'
import type { ReviewRequest } from '../review.ts'
import type { DeskAssets } from './assets.ts'
import type { CardData, CardView } from './card/card.ts'
import { card } from './card/card.ts'
import { FORMS } from './card/decide.ts'
import { standing } from './card/standing.ts'
import type { Html } from './html.ts'
import { csrfField, sendPage, setPageHeaders } from './layout.ts'
import { namesOf } from './names.ts'
import type { QueueItem } from './queue-list.ts'
import { queueList } from './queue-list.ts'
import { readCommand, VERBS } from './read-command.ts'
import type { Form } from './read-form.ts'
import { readForm } from './read-form.ts'
import type { DeskSession } from './session.ts'
import { sessionOf } from './session.ts'
import { countdown } from './time.ts'

export type QueueDeps = {
  readonly deskAssets: DeskAssets
  /** One page of what waits, most pressing first, with the cursor of the next. */
  readonly queuePage: (
    cursor: string | undefined,
  ) => Promise<{ readonly items: readonly QueueItem[]; readonly next: string | null }>
  /** How many wait, and a mark that changes whenever the queue looks different. */
  readonly queueMark: () => Promise<{ readonly open: number; readonly mark: string }>
  readonly findReceipt: (decisionId: string) => Promise<Receipt | undefined>
  readonly findReview: (id: string) => Promise<ReviewView | undefined>
  readonly readCard: (review: ReviewView) => Promise<CardData>
  readonly reviewTicket: (
    id: string,
    request: ReviewRequest,
    actor: string,
  ) => Promise<ReviewAnswer>
  readonly currentPolicy: () => { readonly policy: Policy }
  readonly now: () => Date
  readonly maxBodyBytes: number
}

const ID = '/:id{[0-9a-fA-F-]{36}}'

/** The queue and the card of the chosen ticket, and what people do there. */
export function addQueue(desk: Hono, deps: QueueDeps): void {
  desk.get('/', (c) => showQueue(c, deps, undefined))
  desk.get('/live', (c) => showLive(c, deps))
  desk.get(ID, async (c) => showQueue(c, deps, await requireReview(deps, c.req.param('id'))))

  for (const verb of VERBS)
    desk.post(`${ID}/${verb}`, async (c) => {
      const form = await readForm(c, { maxBytes: deps.maxBodyBytes })
      const session = sessionOf(c)
      if (!session.mayDecide)
        throw new TriageError('forbidden', 'Cannot decide with this key: role reviewer is required')
      const review = await requireReview(deps, c.req.param('id'))
      const receipt = await deps.findReceipt(review.decisionId)
      const draft = receipt?.decision.proposed.find((action) => action.kind === 'draft_reply')
      const read = () => readCommand(verb, form, { review, draft: draft?.body })
      const refused = await act(deps, review, read, session)
      if (refused !== undefined) {
        const now = await followSuccessor(deps, refused)
        return showQueue(c, deps, now.review, { ...now, form, verb })
      }
      return c.redirect(addressAfter(verb, review.id, form), 303)
    })
}

/** Undefined when it happened, else why not and how the review stands now. */
async function act(
  deps: QueueDeps,
  review: ReviewView,
  read: () => ReviewRequest,
  { caller }: DeskSession,
): Promise<NotDone | undefined> {
  try {
    const result = await deps.reviewTicket(review.id, read(), caller.name)
    return result.ok ? undefined : { reason: result.reason, review: result.current, status: 409 }
  } catch (error) {
    if (error instanceof TriageError && error.code === 'invalid_request')
      return { reason: error.message, review, status: 422 }
    throw error
  }
}

type NotDone = { readonly reason: string; readonly review: ReviewView; readonly status: 409 | 422 }

/** Of a ticket that changed meanwhile the new review is shown, with what was typed for the old one. */
async function followSuccessor(deps: QueueDeps, refused: NotDone): Promise<NotDone> {
  const { supersededBy } = refused.review
  const successor = supersededBy === null ? undefined : await deps.findReview(supersededBy)
  if (successor === undefined) return refused
  const reason =
    'The ticket changed and was decided anew while you looked at it. Nothing was sent: this is how it is now.'
  return { ...refused, reason, review: successor }
}

/** A decided ticket makes room for the next one. */
function addressAfter(verb: (typeof VERBS)[number], id: string, form: Form): string {
  if (verb === 'release' || verb === 'renew' || verb === 'undo') return `/review/${id}`
  if (verb === 'claim') {
    const open = FORMS.find((name) => name === form.one('form'))
    return `/review/${id}${open === undefined ? '' : `?form=${open}`}`
  }
  return `/review?done=${id}`
}

/** The most pressing one that nobody else has. */
function nextFor({ caller }: DeskSession, items: readonly QueueItem[]) {
  const free = items.find(({ review }) => [null, caller.name].includes(review.claimedBy))
  return (free ?? items[0])?.review
}

type Refused = {
  readonly reason: string
  readonly status: 409 | 422
  readonly form: Form
  readonly verb: (typeof VERBS)[number]
}

async function showQueue(
  c: Context,
  deps: QueueDeps,
  chosen: ReviewView | undefined,
  refused?: Refused,
): Promise<Response> {
  const cursor = c.req.query('after')
  const [page, { open }] = await Promise.all([deps.queuePage(cursor), deps.queueMark()])
  const shown = chosen ?? nextFor(sessionOf(c), page.items)
  const data = shown && (await deps.readCard(shown))
  const session = sessionOf(c)
  const { policy } = deps.currentPolicy()
  const now = deps.now()
  const list = {
    ...page,
    next: page.next === null ? null : `/review?after=${encodeURIComponent(page.next)}`,
    open,
    firstPage: cursor === undefined,
    chosen: shown?.id ?? null,
    actor: session.caller.name,
    now,
  }
  const done = await doneNotice(c, deps, session)
  const title = open === 0 ? 'Queue' : `(${open}) Queue`
  return sendPage(
    c,
    deps.deskAssets,
    {
      title,
      place: 'queue',
      width: 'wide',
      session,
      main: html`<div
        class="desk ${chosen === undefined ? 'unchosen' : 'chosen'}"
        data-now="${now.toISOString()}"
      >
        ${done} ${queueList(list, namesOf(policy))}
        ${data === undefined ? nothingToDo : card(data, viewOf(c, deps, refused))}
      </div>`,
    },
    refused?.status ?? 200,
  )
}

/** The parts that change while a page is open: the queue, and how the shown review stands. */
async function showLive(c: Context, deps: QueueDeps): Promise<Response> {
  const cursor = c.req.query('after')
  const id = c.req.query('chosen')
  const [page, { open }, review] = await Promise.all([
    deps.queuePage(cursor),
    deps.queueMark(),
    id === undefined ? undefined : deps.findReview(id),
  ])
  const receipt = review && (await deps.findReceipt(review.decisionId))
  const names = namesOf(deps.currentPolicy().policy)
  const list = {
    ...page,
    next: page.next === null ? null : `/review?after=${encodeURIComponent(page.next)}`,
    open,
    firstPage: cursor === undefined,
    chosen: review?.id ?? null,
    actor: sessionOf(c).caller.name,
    now: deps.now(),
  }
  const live = review && receipt && { review, receipt }
  setPageHeaders(c)
  return c.html(
    html`${queueList(list, names)} ${live && standing(live, viewOf(c, deps, undefined), names)}`,
  )
}

function viewOf(c: Context, deps: QueueDeps, refused: Refused | undefined): CardView {
  const wanted = refused?.verb ?? c.req.query('form')
  return {
    session: sessionOf(c),
    policy: deps.currentPolicy().policy,
    now: deps.now(),
    open: FORMS.find((name) => name === wanted),
    allText: c.req.query('text') === 'all',
    ...(refused && { refused: { reason: refused.reason, given: refused.form } }),
  }
}

/** What was just decided, above the next ticket. */
async function doneNotice(c: Context, deps: QueueDeps, session: DeskSession): Promise<Html | ''> {
  const id = c.req.query('done')
  const review = id === undefined ? undefined : await deps.findReview(id)
  if (review?.outcome == null || review.decidedBy !== session.caller.name) return ''
  return html`<div class="done" id="done" role="status">
    <p>
      <a href="/review/${review.id}"><bdi>${review.ticketId.slice(0, 80)}</bdi></a>
      ${review.outcome.kind}.
    </p>
    ${undoForm(review, deps.now(), session)}
  </div>`
}

function undoForm({ id, undoUntil, version }: ReviewView, now: Date, session: DeskSession) {
  if (undoUntil === null) return ''
  return html`<form
    method="post"
    action="/review/${id}/undo"
    data-key="u"
    data-until="${undoUntil}"
  >
    ${csrfField(session)}
    <input type="hidden" name="version" value="${version}" />
    <button>Undo <kbd>u</kbd></button>
    <span class="hint">${countdown(undoUntil, now)}; until then nobody outside is told</span>
  </form>`
}

const nothingToDo = html`<section class="card empty">
  <h1>Nothing waits for you</h1>
  <p class="hint">Every held ticket is decided. New ones appear here by themselves.</p>
</section>`

async function requireReview(deps: QueueDeps, id: string): Promise<ReviewView> {
  const review = await deps.findReview(id)
  if (review === undefined) throw new TriageError('not_found', 'Cannot find this review')
  return review
}
