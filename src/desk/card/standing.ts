import { html } from 'hono/html'
import { isWithdrawn } from '../../domain/review-state.ts'
import type { ReviewView } from '../../domain/review-view.ts'
import type { Html } from '../html.ts'
import type { Names } from '../names.ts'
import type { DeskSession } from '../session.ts'
import { isOpen, isShown } from '../shown-review.ts'
import { showHidden } from '../text/show-hidden.ts'
import { countdown, moment } from '../time.ts'
import type { CardData, CardView } from './card.ts'
import { decideBar } from './decide.ts'

/** Who has it, what was refused, why it is held, and the ways to decide. The script renews this part by itself. */
export function standing(
  { review, receipt }: Pick<CardData, 'review' | 'receipt'>,
  view: CardView,
  names: Names,
): Html {
  const { refused, now, session } = view
  const draft = receipt.decision.proposed.find((action) => action.kind === 'draft_reply')
  return html`<div
    id="standing"
    data-state="${review.version} ${review.claimedBy ?? ''} ${review.defaultedAt ?? ''}"
    data-changed="${review.changedAt ?? ''}"
  >
    ${refused && html`<p class="problem" role="alert">${refused.reason}</p>`}
    ${isOpen(review) ? openNotices(review, session, now) : closedNotice(review, names, now)}
    ${
      isOpen(review)
        ? decideBar({
            ...view,
            ...(refused && { given: refused.given }),
            review,
            draft: draft?.body,
          })
        : ''
    }
  </div>`
}

/** What a person must know before deciding, the gravest first. */
function openNotices(review: ReviewView, session: DeskSession, now: Date): readonly (Html | '')[] {
  const { changedAt, defaultedAt, proposal, fourEyes, kind } = review
  return [
    holderNotice(review, session, now),
    changedAt === null
      ? ''
      : html`<p class="notice">
          <b>The ticket changed</b> ${moment(changedAt, now)}, after it was held. You see it as it
          is now.
        </p>`,
    defaultedAt === null
      ? ''
      : html`<p class="notice">
          <b>Default, not a person:</b> nobody decided in time, so the declared default holds since
          ${moment(defaultedAt, now)}. It still waits for a person.
        </p>`,
    proposal === null
      ? ''
      : html`<p class="notice">
          <b>${proposal.by}</b> decided
          ${moment(proposal.at, now)}${proposal.outcome && html`: ${proposal.outcome.kind}`}.
          ${proposal.outcome?.reason && html`<q>${showHidden(proposal.outcome.reason)}</q>`}
          ${
            proposal.by === session.caller.name
              ? 'Another person must agree with you.'
              : 'It counts once another person agrees.'
          }
        </p>`,
    fourEyes && proposal === null
      ? html`<p class="hint">Two people must agree on this one; yours is the first decision.</p>`
      : '',
    kind === 'sample' && isShown(review)
      ? html`<p class="hint">A sample: it was decided automatically. Was that right?</p>`
      : '',
  ]
}

function holderNotice(
  { claimedBy, leaseUntil }: ReviewView,
  { caller }: DeskSession,
  now: Date,
): Html | '' {
  if (claimedBy === null || leaseUntil === null) return ''
  const mine = claimedBy === caller.name
  return html`<p class="${mine ? 'hint' : 'notice'}" data-lease="${mine ? leaseUntil : ''}">
    ${mine ? 'You have it' : html`<b>${claimedBy}</b> has it`} for ${countdown(leaseUntil, now)}.
  </p>`
}

/** Why a person must decide, why it stands where it stands in the queue, and who should take it. */
export function heldBecause({ review, receipt }: Pick<CardData, 'review' | 'receipt'>): Html {
  const because = receipt.decision.review?.because ?? []
  const { order, suggestedReviewer } = review
  // A sample was not held.
  const reasons =
    review.kind === 'sample'
      ? ''
      : html`<ul class="plain because" aria-label="Held because">
          ${because.map((sentence) => html`<li>${sentence}</li>`)}
          ${receipt.degraded.map((step) => html`<li>Scored without all scorers: ${step}</li>`)}
        </ul>`
  return html`${reasons}
    <p class="hint">
      ${order.sentence}${suggestedReviewer?.because ? `. ${suggestedReviewer.because}` : ''}
    </p>`
}

const successor = (id: string | null) =>
  id === null ? '' : html`<a href="/review/${id}">The review now</a>`

function closedNotice(review: ReviewView, names: Names, now: Date): Html {
  const { outcome, decidedAt, decidedBy, supersededBy } = review
  if (outcome === null || decidedAt === null || !isShown(review))
    return html`<p class="notice">
      The ticket changed and was decided anew; this review has nothing left to decide.
      ${successor(supersededBy)}
    </p>`
  if (isWithdrawn(review))
    return html`<p class="notice">
      <b>${outcome.kind}</b> by <b>${decidedBy ?? 'nobody'}</b> ${moment(decidedAt, now)}, but the
      ticket changed before anybody outside was told: nothing of it happens.
      ${successor(supersededBy)}
    </p>`
  return html`<p class="notice good">
    <b>${outcome.kind}</b> by <b>${decidedBy ?? 'nobody'}</b> ${moment(decidedAt, now)}: now
    ${review.severity}, ${names.team(review.team)}, ${names.person(review.owner)}.
    ${outcome.reason === undefined ? '' : html`<q>${showHidden(outcome.reason)}</q>`}
  </p>`
}
