import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { ReviewSummary } from '../domain/review-summary.ts'
import type { DeskAssets } from './assets.ts'
import { bar, percent } from './card/scores.ts'
import { DISMISS_CHIPS, OVERRIDE_CHIPS } from './card/decide.ts'
import type { Html } from './html.ts'
import { sendPage } from './layout.ts'
import { spoken } from './names.ts'
import { sessionOf } from './session.ts'
import { spanOf } from './time.ts'
import { timePlot } from './time-plot.ts'

export type QualityDeps = {
  readonly deskAssets: DeskAssets
  /** What people made of the suggestions in the last so many days; newest first where there are too many. */
  readonly reviewSummary: (days: number, knownReasons: readonly string[]) => Promise<ReviewSummary>
}

/** Periods that can be looked at. */
const PERIODS = [1, 7, 30, 90] as const
const USUAL_DAYS = 30
const REASONS = [...OVERRIDE_CHIPS, ...DISMISS_CHIPS]

/** How well suggestions and people do: agreement, reasons, time to decision, defaults. */
export function addQuality(desk: Hono, deps: QualityDeps): void {
  desk.get('/quality', async (c) => {
    const days = PERIODS.find((known) => String(known) === c.req.query('days')) ?? USUAL_DAYS
    const summary = await deps.reviewSummary(days, REASONS)
    return sendPage(c, deps.deskAssets, {
      title: 'Quality',
      place: 'quality',
      session: sessionOf(c),
      main: html`<h1>Quality</h1>
        ${periods(days)}
        ${
          summary.decided === 0
            ? html`<p class="panel">Nothing was decided in this time.</p>`
            : html`${figures(summary)}
                <div class="plots">
                  ${routesPanel(summary)} ${reasonsPanel(summary)} ${timePlot(summary.times)}
                  ${reviewersPanel(summary)}
                </div>`
        }`,
    })
  })
}

const periods = (days: number) =>
  html`<ul class="plain periods" aria-label="Period">
    ${PERIODS.map(
      (period) =>
        html`<li>
          <a
            class="button"
            href="/review/quality?days=${period}"
            ${period === days ? html`aria-current="true"` : ''}
            >${period === 1 ? '24 hours' : `${period} days`}</a
          >
        </li>`,
    )}
  </ul>`

function figures(summary: ReviewSummary): Html {
  const { decided, agreed, late, defaulted, medianMs, slowestTenthMs } = summary
  const figure = (name: string, value: string, more: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd class="number"><b>${value}</b> <span class="hint">${more}</span></dd>
    </div>`
  return html`<dl class="figures panel">
    ${figure('Decided', decided.toLocaleString('en'), 'by people')}
    ${figure('Suggestion confirmed', percent(agreed / decided), `${agreed} of ${decided}`)}
    ${figure('Time to decision', spanOf(medianMs), `half; nine of ten in ${spanOf(slowestTenthMs)}`)}
    ${figure('Late', percent(late / decided), `${late} after their review clock`)}
    ${figure('Defaults taken', String(defaulted), 'nobody had decided in time')}
  </dl>`
}

function routesPanel({ routes }: ReviewSummary): Html {
  return html`<section class="panel" aria-labelledby="routes-title">
    <h2 id="routes-title">Agreement by route</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Route</th>
          <th scope="col">Confirmed</th>
          <th scope="col">Judged</th>
          <th scope="col">Errors at most</th>
        </tr>
      </thead>
      <tbody>
        ${routes.map(
          ({ route, judged, agreed, errorBound }) =>
            html`<tr>
              <th scope="row">${spoken(route === '' ? 'unknown' : route)}</th>
              <td class="number">${bar(agreed / judged)} ${percent(agreed / judged)}</td>
              <td class="number">${judged}</td>
              <td class="number">${percent(errorBound)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="hint">
      “Errors at most” is the exact upper bound at 95 %: with few judgements it stays high, however
      often people agreed.
    </p>
  </section>`
}

function reasonsPanel({ reasons }: ReviewSummary): Html {
  const most = Math.max(1, ...reasons.map(({ count }) => count))
  return html`<section class="panel" aria-labelledby="reasons-title">
    <h2 id="reasons-title">Why people decided otherwise</h2>
    ${reasons.length === 0 ? html`<p>Nobody did.</p>` : ''}
    <table>
      <thead class="unseen">
        <tr>
          <th scope="col">Reason</th>
          <th scope="col">Times</th>
        </tr>
      </thead>
      <tbody>
        ${reasons.map(
          ({ reason, count }) =>
            html`<tr>
              <th scope="row">${reason}</th>
              <td class="number">${bar(count / most)} ${count}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

function reviewersPanel({ reviewers }: ReviewSummary): Html {
  return html`<section class="panel" aria-labelledby="reviewers-title">
    <h2 id="reviewers-title">Who decided</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Reviewer</th>
          <th scope="col">Decided</th>
          <th scope="col">Corrected</th>
          <th scope="col">Half within</th>
          <th scope="col">Late</th>
        </tr>
      </thead>
      <tbody>
        ${reviewers.map(
          ({ name, decided, corrected, medianMs, late }) =>
            html`<tr>
              <th scope="row">
                <a href="/review/history?reviewer=${encodeURIComponent(name)}">${name}</a>
              </th>
              <td class="number">${decided}</td>
              <td class="number">${percent(corrected / decided)}</td>
              <td class="number">${spanOf(medianMs)}</td>
              <td class="number">${late}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}
