import { html } from 'hono/html'
import type { Signals } from '../../domain/signal.ts'
import { isUnscored } from '../../domain/signal.ts'
import type { NearMiss } from '../../domain/near-misses.ts'
import type { Explanation } from '../../explain.ts'
import type { Html } from '../html.ts'
import type { Names } from '../names.ts'
import { spoken } from '../names.ts'
import { bar, percent } from './scores.ts'

/** Less likely ones are noise. */
const LEAST = 0.02
const SHOWN = 3
const CHANGES = 5
const MISSES = 3

/** What the scorers nearly said instead, as far as that is shown, and what would have changed the decision. */
export function alternativesSection(
  signals: Pick<Signals, 'intent' | 'priority'> | undefined,
  explanation: Explanation | undefined,
  names: Names,
): Html | '' {
  const others = (signals === undefined ? [] : scoredOtherwise(signals))
    .filter(({ confidence }) => confidence >= LEAST)
    .toSorted((a, b) => b.confidence - a.confidence)
    .slice(0, SHOWN)
  return html`<section aria-labelledby="alternatives-title">
    <h2 id="alternatives-title">Nearest alternatives</h2>
    <ul class="plain alternatives">
      ${others.map(
        ({ name, confidence }) =>
          html`<li>
            ${bar(confidence)} <span class="number">${percent(confidence)}</span> ${name}
          </li>`,
      )}
    </ul>
    ${explanation === undefined ? '' : changes(explanation, names)}
  </section>`
}

function scoredOtherwise({ intent, priority }: Pick<Signals, 'intent' | 'priority'>) {
  return [
    ...(isUnscored(intent) ? [] : intent.alternatives).map((other) => ({
      name: `Intent ${spoken(other.label)}`,
      ...other,
    })),
    ...(isUnscored(priority) ? [] : (priority.alternatives ?? [])).map((other) => ({
      name: `Priority ${other.label}`,
      ...other,
    })),
  ]
}

/** One change a fact, the nearest; and the rules that one or two comparisons kept from deciding. */
function changes({ whatIf, nearMisses }: Explanation, names: Names): Html {
  const first = whatIf.filter(
    ({ fact }, index) => whatIf.findIndex((other) => other.fact === fact) === index,
  )
  return html`<h3>It would be decided otherwise if</h3>
    ${first.length === 0 ? html`<p class="hint">No single fact would change it.</p>` : ''}
    <ul class="plain changes">
      ${first
        .slice(0, CHANGES)
        .map(
          ({ sentence, severity, team }) =>
            html`<li>${sentence} → <b>${severity}</b>, ${names.team(team)}</li>`,
        )}
    </ul>
    ${nearMisses.length === 0 ? '' : html`<h3>Rules that nearly decided</h3>`}
    <ul class="plain changes">
      ${nearMisses.slice(0, MISSES).map((miss) => html`<li>${nearMiss(miss, names)}</li>`)}
    </ul>`
}

function nearMiss({ rule, would, failed }: NearMiss, names: Names): Html {
  const effect = 'raise' in would ? `raise to ${would.raise}` : `go to ${names.team(would.team)}`
  const because = failed.map(({ fact, asked }) => `${fact} ${asked}`).join(' and ')
  return html`<code>${rule}</code> would ${effect}, but asks for ${because}`
}
