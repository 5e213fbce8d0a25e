import { html } from 'hono/html'
import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import { factsRead } from '../../domain/condition.ts'
import { describeCondition } from '../../domain/describe-condition.ts'
import { SEVERITIES } from '../../domain/labels.ts'
import type { Policy, Trigger } from '../../domain/policy.ts'
import { readableSentence } from '../diagram/readable-sentence.ts'

/** The same procedure for people with paper: only what a person can see without the service. */
export function manualProcedure({ policy }: CompiledPolicy) {
  return html`<ol>
    <li>Write down when the ticket came. All times count from then.</li>
    <li>
      Start at the top and stop at the first that applies; the more severe it is, the more it may be
      a wrong alarm, and that is right.
      ${SEVERITIES.map((severity) => {
        const triggers = policy.triggers.filter(({ raise, floor }) => floor && raise === severity)
        if (triggers.length === 0) return ''
        return html`<h3><span class="${severity}">${severity}</span></h3>
          <ul class="boxes">
            ${triggers.map((trigger) => html`<li>${item(trigger, policy)}</li>`)}
          </ul>`
      })}
      <h3><span class="P2">P2</span></h3>
      <p>You cannot tell what the customer wants, or cannot read the language.</p>
      <h3><span class="P4">P4</span></h3>
      <p>Nothing of this applies.</p>
    </li>
    <li>
      Pick the team in “Who gets it”. Call the first owner who can be reached, then the backups,
      then ${policy.people[policy.lastResort.owner]?.name}. Write down the name: one person owns the
      ticket.
    </li>
    <li>
      P1: call
      ${policy.review.team in policy.teams ? policy.teams[policy.review.team]?.name : 'the reviewers'}
      as well. Send nothing to the customer before one of them agreed.
    </li>
    <li>
      Answer within the first response, then keep the update cadence, even when there is nothing new
      to say.
    </li>
    <li>
      When the service is back, send the tickets with their original times, so that its clocks are
      right.
    </li>
  </ol>`
}

const MOST_PHRASES = 6

function item(trigger: Trigger, policy: Policy) {
  const phrases = phrasesOf(trigger, policy)
  return html`${readableSentence(trigger.because)}
    <small>${describeCondition(trigger.when)}</small>
    ${phrases.length === 0 ? '' : html`<div>words such as ${phrases.map((phrase) => `“${phrase}”`).join(', ')}</div>`}`
}

/** Some of the words that the trigger listens for. */
function phrasesOf(trigger: Trigger, policy: Policy): readonly string[] {
  const reads = new Set(factsRead(trigger.when))
  if (!reads.has('phrases') && !reads.has('phrases.ids')) return []
  const asked = describeCondition(trigger.when)
  return policy.phrases
    .filter(({ id, kind }) =>
      reads.has('phrases.ids') ? isNamed(asked, id) : isNamed(asked, kind),
    )
    .flatMap(({ patterns }) => patterns.slice(0, 2))
    .slice(0, MOST_PHRASES)
}

function isNamed(asked: string, name: string): boolean {
  return asked.split(/[\s,()]+/).includes(name)
}
