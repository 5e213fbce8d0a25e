import type { Channel } from '../../domain/ticket.ts'
import { html } from 'hono/html'
import type { Action, Decision } from '../../domain/decision.ts'
import type { Html } from '../html.ts'
import type { Names } from '../names.ts'
import { spoken } from '../names.ts'
import type { ShownReview } from '../shown-review.ts'
import { showHidden } from '../text/show-hidden.ts'

/** What stands now: severity, type, team, one owner and a backup. */
export function standingFields(review: ShownReview, names: Names): Html {
  return html`<dl class="fields">
    <div>
      <dt>Severity</dt>
      <dd><span class="severity plain">${review.severity}</span></dd>
    </div>
    <div>
      <dt>Type</dt>
      <dd>${review.type}</dd>
    </div>
    <div>
      <dt>Team</dt>
      <dd>${names.team(review.team)}</dd>
    </div>
    <div>
      <dt>Owner</dt>
      <dd><b>${names.person(review.owner)}</b></dd>
    </div>
    <div>
      <dt>Backup</dt>
      <dd>${names.person(review.backup)}</dd>
    </div>
  </dl>`
}

const byChannel = (channel: Channel | undefined) => (channel === undefined ? '' : `, by ${channel}`)

/** What happens on approval, step by step, with the message to the customer as it would be drafted. */
export function proposedSection(decision: Decision, names: Names): Html {
  const drafts = decision.proposed.filter((action) => action.kind === 'draft_reply')
  const steps = decision.proposed.filter((action) => action.kind !== 'draft_reply')
  return html`<section aria-labelledby="proposed-title">
      <h2 id="proposed-title">Approving will</h2>
      <ul class="steps">
        ${steps.map((action) => html`<li>${sentenceOf(action, names)}</li>`)}
      </ul>
    </section>
    ${drafts.map(
      (draft) =>
        html`<section aria-labelledby="draft-title">
          <h2 id="draft-title">Draft to the customer</h2>
          <blockquote class="draft" dir="auto">${showHidden(draft.body)}</blockquote>
          <p class="hint">
            ${draft.external ? `Sent after approval${byChannel(draft.channel)}.` : 'A draft for the owner; nothing is sent.'}
          </p>
        </section>`,
    )}`
}

function sentenceOf(action: Action, names: Names): string {
  switch (action.kind) {
    case 'set_priority':
      return `set the priority to ${action.priority} (${action.severity})`
    case 'assign':
      return `assign it to ${names.person(action.owner)} of ${names.team(action.team)}, backup ${names.person(action.backup)}`
    case 'add_tags':
      return `add the tags ${action.tags.join(', ')}`
    case 'notify':
      return `tell ${action.people.map(names.person).join(', ')}: ${spoken(action.because)}`
    case 'draft_reply':
      return 'draft a reply'
  }
}
