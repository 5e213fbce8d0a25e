import { html } from 'hono/html'
import type { Confident, Signals, Unscored } from '../../domain/signal.ts'
import { isUnscored } from '../../domain/signal.ts'
import type { Html } from '../html.ts'
import { spoken } from '../names.ts'

const URGENCY = ['can wait', 'days', 'today', 'now']

/** What the scorers say, each with how far it may be trusted. */
export function scoresSection(signals: Signals): Html {
  const { intent, priority, sentiment, urgency, emotions, language } = signals
  return html`<section aria-labelledby="scores-title" class="scores">
    <h2 id="scores-title">Scores</h2>
    <table>
      <thead class="unseen">
        <tr>
          <th scope="col">Score</th>
          <th scope="col">Value</th>
          <th scope="col">Confidence</th>
        </tr>
      </thead>
      <tbody>
        ${row('Intent', intent, (score) => spoken(score.label))}
        ${row('Priority', priority, (score) => score.label)}
        ${row('Urgency', urgency, (score) => URGENCY[score.value] ?? String(score.value))}
        ${row('Sentiment', sentiment, (score) => score.label)} ${emotionRows(emotions)}
        ${isUnscored(language) ? unscoredRow('Language', language) : plainRow('Language', language)}
      </tbody>
    </table>
  </section>`
}

function row<S extends Confident>(
  name: string,
  signal: S | Unscored,
  valueOf: (score: S) => string,
): Html {
  if (isUnscored(signal)) return unscoredRow(name, signal)
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${valueOf(signal)}</td>
    <td class="share-of">${confidenceOf(signal)}</td>
  </tr>`
}

function emotionRows(emotions: Signals['emotions']): Html | readonly Html[] {
  if ('unscored' in emotions) return unscoredRow('Emotions', emotions)
  if (emotions.length === 0)
    return html`<tr>
      <th scope="row">Emotions</th>
      <td colspan="2">none clearly expressed</td>
    </tr>`
  return emotions.map((emotion) => row('Emotion', emotion, (score) => score.label))
}

const plainRow = (name: string, language: { code: string; confidence: number }) =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${language.code}</td>
    <td class="share-of">
      ${bar(language.confidence)} <span class="number">${percent(language.confidence)}</span>
    </td>
  </tr>`

const unscoredRow = (name: string, { unscored }: Unscored) =>
  html`<tr>
    <th scope="row">${name}</th>
    <td colspan="2" class="unscored">not scored: ${unscored}</td>
  </tr>`

/** The band is what the model card promises an error rate for; the number alone would look too exact. */
function confidenceOf({ confidence, band }: Confident): Html {
  return html`${bar(confidence)} <span class="number">${percent(confidence)}</span>
    <span class="band ${band}">${band}</span>`
}

/** A picture for the eye only; the number stands beside it. */
export function bar(share: number): Html {
  const width = Math.max(0, Math.min(48, Math.round(share * 48)))
  return html`<svg class="share" width="48" height="8" aria-hidden="true" focusable="false">
    <rect class="ground" width="48" height="8" rx="2" />
    <rect class="fill" width="${width}" height="8" rx="2" />
  </svg>`
}

export const percent = (share: number) => `${Math.round(share * 100)} %`
