import { html } from 'hono/html'
import type { Severity } from '../../domain/labels.ts'
import { isMoreSevere, SEVERITIES, TYPES } from '../../domain/labels.ts'
import type { Policy } from '../../domain/policy.ts'
import { DISMISS_REASONS, OVERRIDE_REASONS } from '../../domain/review-reasons.ts'
import type { ReviewView } from '../../domain/review-view.ts'
import type { Html } from '../html.ts'
import { csrfField } from '../layout.ts'
import type { Form } from '../read-form.ts'
import type { DeskSession } from '../session.ts'
import type { ShownReview } from '../shown-review.ts'
import { isShown } from '../shown-review.ts'

/** Which form of the card is open. */
export const FORMS = ['override', 'dismiss'] as const
export type OpenForm = (typeof FORMS)[number]

export type Decide = {
  readonly review: ReviewView
  /** Message to the customer as drafted; absent when there is none. */
  readonly draft: string | undefined
  readonly open: OpenForm | undefined
  /** What was sent and not accepted, to be corrected instead of typed again. */
  readonly given?: Form
  readonly session: DeskSession
  readonly policy: Pick<Policy, 'teams' | 'people'>
}

/** The ways to decide, and taking the ticket before. */
export function decideBar(decide: Decide): Html | '' {
  const { review, open, session } = decide
  if (!session.mayDecide) return html`<p class="hint">Your key reads; it does not decide.</p>`
  if (review.claimedBy !== null && review.claimedBy !== session.caller.name) return ''
  if (!isShown(review)) return html`<div class="decide" id="decide">${answerForm(decide)}</div>`
  return html`<div class="decide" id="decide">
    <div class="buttons">
      ${approveButton(decide, review)}
      ${button(decide, 'claim', html`Change… <kbd>o</kbd>`, { form: 'override', key: 'o' })}
      ${dismissButton(decide, review)}
      ${
        review.claimedBy === null
          ? button(decide, 'claim', html`Take it <kbd>c</kbd>`, { look: 'quiet', key: 'c' })
          : button(decide, 'release', html`Put it back <kbd>c</kbd>`, { look: 'quiet', key: 'c' })
      }
    </div>
    ${open === 'override' ? overrideForm(decide, review) : ''}
    ${open === 'dismiss' ? dismissForm(decide, review) : ''}
  </div>`
}

/** Under four eyes it is the other person who approves. */
function approveButton(decide: Decide, { proposal, kind }: ShownReview): Html | '' {
  const look = { look: 'primary', key: 'a' }
  if (proposal !== null)
    return proposal.by === decide.session.caller.name
      ? ''
      : button(decide, 'approve', html`Agree with ${proposal.by} <kbd>a</kbd>`, look)
  const label = kind === 'sample' ? 'It was right' : 'Approve'
  return button(decide, 'approve', html`${label} <kbd>a</kbd>`, look)
}

/** Nothing is below P4. */
function dismissButton(decide: Decide, { severity }: ShownReview): Html | '' {
  if (severity === 'P4') return ''
  const label = html`Not an escalation… <kbd>d</kbd>`
  return button(decide, 'claim', label, { form: 'dismiss', key: 'd' })
}

type Look = { readonly look?: string; readonly form?: OpenForm; readonly key: string }

/** One button that is a form of its own, so that it works without the script. */
function button(
  { review, session }: Decide,
  verb: string,
  label: Html,
  { look = '', form, key }: Look,
): Html {
  return html`<form method="post" action="/review/${review.id}/${verb}" data-key="${key}">
    ${sentWith(review, session)}
    ${form === undefined ? '' : html`<input type="hidden" name="form" value="${form}" />`}
    <button class="${look}">${label}</button>
  </form>`
}

/** The version tells which state the person saw: deciding on another one is refused. */
const sentWith = ({ version }: ReviewView, session: DeskSession) =>
  html`${csrfField(session)}<input type="hidden" name="version" value="${version}" />`

/** A blind review is judged from the words alone; the suggestion shows afterwards. */
function answerForm({ review, session, policy, given }: Decide): Html {
  const teams = Object.values(policy.teams).map(({ id, name }) => ({ value: id, label: name }))
  const field = (name: string, label: string, options: readonly Option[]) => {
    const unset = { value: '', label: 'choose' }
    return select(name, label, [unset, ...options], given?.one(name) ?? '')
  }
  return html`<form
    method="post"
    action="/review/${review.id}/answer"
    class="panel stack answer"
    aria-labelledby="answer-title"
  >
    <h2 id="answer-title">What would you decide?</h2>
    <p class="hint">A quality check: the suggestion is shown after you have judged.</p>
    ${sentWith(review, session)}
    <div class="grid">
      ${field('severity', 'Severity', plain(SEVERITIES))} ${field('type', 'Type', plain(TYPES))}
      ${field('team', 'Team', teams)}
    </div>
    ${reasonText('Reason', '(if you like)', given)}
    <div class="buttons"><button class="primary">Judge</button></div>
  </form>`
}

const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }))

function overrideForm({ draft, session, policy, given }: Decide, review: ShownReview): Html {
  const message = given?.one('message') ?? draft
  const value = (name: 'severity' | 'type' | 'team' | 'owner' | 'backup') =>
    given?.one(name) ?? review[name]
  const people = Object.values(policy.people).map(({ id, name }) => ({ value: id, label: name }))
  const teams = Object.values(policy.teams).map(({ id, name }) => ({ value: id, label: name }))
  return html`<form
    method="post"
    action="/review/${review.id}/override"
    class="panel stack answer"
    aria-labelledby="override-title"
  >
    <h2 id="override-title">Change, then approve</h2>
    ${sentWith(review, session)}
    <div class="grid">
      ${select('severity', 'Severity', plain(SEVERITIES), value('severity'))}
      ${select('type', 'Type', plain(TYPES), value('type'))}
      ${select('team', 'Team', teams, value('team'))}
      ${select('owner', 'Owner', people, value('owner'))}
      ${select('backup', 'Backup', people, value('backup'))}
    </div>
    ${
      draft === undefined
        ? ''
        : html`<div>
            <label for="message">Draft to the customer</label>
            <textarea id="message" name="message" rows="6" dir="auto">${message}</textarea>
          </div>`
    }
    ${reasonFields(OVERRIDE_REASONS, given)}
    <div class="buttons">
      <button class="primary">Change and approve</button>
      <a class="button" href="/review/${review.id}" data-close>Cancel</a>
    </div>
  </form>`
}

function dismissForm({ session, given }: Decide, review: ShownReview): Html {
  const lower = SEVERITIES.filter((severity: Severity) => isMoreSevere(review.severity, severity))
  return html`<form
    method="post"
    action="/review/${review.id}/dismiss"
    class="panel stack answer"
    aria-labelledby="dismiss-title"
  >
    <h2 id="dismiss-title">Not an escalation</h2>
    ${sentWith(review, session)}
    <fieldset>
      <legend>Severity it has instead</legend>
      <div class="chips">
        ${lower.map((severity, index) =>
          chip('radio', 'severity', severity, severity === given?.one('severity') || index === 0),
        )}
      </div>
      <p class="hint">Owner and clocks stay; nobody is told and nothing is sent.</p>
    </fieldset>
    ${reasonFields(DISMISS_REASONS, given)}
    <div class="buttons">
      <button class="primary">Dismiss</button>
      <a class="button" href="/review/${review.id}" data-close>Cancel</a>
    </div>
  </form>`
}

function reasonFields(chips: readonly string[], given: Form | undefined): Html {
  const chosen = given?.all('chip') ?? []
  return html`<fieldset>
      <legend>Reason</legend>
      <div class="chips">
        ${chips.map((label) => chip('checkbox', 'chip', label, chosen.includes(label)))}
      </div>
    </fieldset>
    ${reasonText('In your words', '(or a reason above)', given)}`
}

function reasonText(label: string, hint: string, given: Form | undefined): Html {
  const text = given?.one('reason')
  return html`<div>
    <label for="reason">${label} <span class="hint">${hint}</span></label>
    <textarea id="reason" name="reason" rows="2" maxlength="1500">${text}</textarea>
  </div>`
}

const chip = (type: 'radio' | 'checkbox', name: string, value: string, checked: boolean) =>
  html`<label class="chip"
    ><input type="${type}" name="${name}" value="${value}" ${checked ? 'checked' : ''} /><span
      >${value}</span
    ></label
  >`

type Option = { readonly value: string; readonly label: string }

function select(name: string, label: string, options: readonly Option[], now: string): Html {
  const known = options.some(({ value }) => value === now)
    ? options
    : [{ value: now, label: now }, ...options]
  return html`<div>
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}" data-now="${now}">
      ${known.map(
        (option) =>
          html`<option value="${option.value}" ${option.value === now ? 'selected' : ''}>
            ${option.label}
          </option>`,
      )}
    </select>
  </div>`
}
