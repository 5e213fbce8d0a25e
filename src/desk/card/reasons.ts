import { html } from 'hono/html'
import type { Comparison, Reason } from '../../domain/decision.ts'
import type { Html } from '../html.ts'
import { showHidden } from '../text/show-hidden.ts'
import { idOfPlace } from '../text/ticket-text.ts'

const QUOTES = 4
const LONGEST_QUOTE = 120

/** Why the decision is what it is: each rule, its sentence, and the words and numbers that it stands on. */
export function reasonsSection(reasons: readonly Reason[]): Html {
  return html`<section aria-labelledby="reasons-title">
    <h2 id="reasons-title">Why</h2>
    <ul class="plain reasons">
      ${reasons.map(
        (reason) =>
          html`<li>
            <p>${effectOf(reason)} ${reason.sentence}</p>
            ${evidenceOf(reason)}
            <p class="hint">
              <code>${reason.rule}</code>
              ${reason.floor === true ? html` · <b>floor</b>: no model can lower it` : ''}
            </p>
          </li>`,
      )}
    </ul>
  </section>`
}

const effectOf = ({ raise }: Reason): Html | '' =>
  raise === undefined ? '' : html`<span class="severity plain">${raise}</span>`

function evidenceOf(reason: Reason): Html | '' {
  const evidence = widest(reason.evidence)
  // Where quotes show what is in a list, the list itself says nothing more.
  const compared = reason.compared.filter(
    ({ value }) => !Array.isArray(value) || evidence.length === 0,
  )
  if (evidence.length === 0 && compared.length === 0) return ''
  const more = evidence.length - QUOTES
  return html`<ul class="plain evidence">
    ${evidence.slice(0, QUOTES).map(
      (place) =>
        html`<li>
          <a href="#${idOfPlace(place)}" class="quote"
            ><bdi>“${showHidden(place.quote.slice(0, LONGEST_QUOTE))}”</bdi></a
          >${place.source === 'phrase' ? '' : html` <span class="hint">${place.source}</span>`}
        </li>`,
    )}
    ${more > 0 ? html`<li class="hint">and ${more} more</li>` : ''}
    ${compared.map((comparison) => html`<li class="number">${comparedAs(comparison)}</li>`)}
  </ul>`
}

/** A quote inside a longer one says nothing more. */
function widest(evidence: Reason['evidence']): Reason['evidence'] {
  return evidence.filter(
    (place, index) =>
      !evidence.some(
        (other, at) =>
          other.start <= place.start &&
          other.end >= place.end &&
          (other.end - other.start > place.end - place.start || at < index),
      ),
  )
}

const comparedAs = ({ fact, value, asked }: Comparison) =>
  html`<code>${fact}</code> is ${showHidden(shownValue(value))}, asked: ${asked}`

function shownValue(value: Comparison['value']): string {
  if (value === null) return 'missing'
  return (Array.isArray(value) ? value.join(', ') : String(value)).slice(0, 200)
}
