import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { ReviewQuality } from '../domain/review-quality.ts'
import type { DeskAssets } from './assets.ts'
import { bar, percent } from './card/scores.ts'
import { daysPanel } from './days-plot.ts'
import type { Html } from './html.ts'
import { sendPage } from './layout.ts'
import { spoken } from './names.ts'
import { sessionOf } from './session.ts'
import { showHidden } from './text/show-hidden.ts'
import { spanOf } from './time.ts'

export type QualityDeps = {
  readonly deskAssets: DeskAssets
  /** What people made of the suggestions in the last so many days. */
  readonly reviewQuality: (span: { readonly days: number }) => Promise<ReviewQuality>
}

/** Days that can be looked at. */
const PERIODS = [1, 7, 30, 90] as const
const USUAL_DAYS = 30

/** How well suggestions and people do: agreement, reasons, time to decision, defaults. */
export function addQuality(desk: Hono, deps: QualityDeps): void {
  desk.get('/quality', async (c) => {
    const days = PERIODS.find((known) => String(known) === c.req.query('days')) ?? USUAL_DAYS
    const quality = await deps.reviewQuality({ days })
    return sendPage(c, deps.deskAssets, {
      title: 'Quality',
      place: 'quality',
      session: sessionOf(c),
      main: html`<h1>Quality</h1>
        ${periods(days)}
        ${
          quality.decided === 0
            ? html`<p class="panel">Nothing was decided in this time.</p>`
            : html`${figures(quality)}
                <div class="plots">
                  ${routesPanel(quality)} ${reasonsPanel(quality)} ${daysPanel(quality)}
                  ${reviewersPanel(quality)}
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

function figures({ decided, defaulted, routes, days, reviewers }: ReviewQuality): Html {
  const judged = routes.reduce((sum, route) => sum + route.decided, 0)
  const kept = routes.reduce((sum, route) => sum + route.agreement * route.decided, 0)
  const flagged = reviewers.filter(({ rubberStamping }) => rubberStamping.flagged).length
  const lastDay = days.at(-1)
  const figure = (name: string, value: string, more: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd class="number"><b>${value}</b> <span class="hint">${more}</span></dd>
    </div>`
  return html`<dl class="figures panel">
    ${figure('Decided', decided.toLocaleString('en'), 'by people')}
    ${figure('Suggestion kept', judged === 0 ? '–' : percent(kept / judged), 'severity, type and team')}
    ${figure('Time to decision', lastDay === undefined ? '–' : spanOf(lastDay.medianSeconds * 1_000), 'half of the last day')}
    ${figure('Defaults taken', String(defaulted), 'nobody had decided in time')}
    ${figure('May not look', String(flagged), 'reviewers, see below')}
  </dl>`
}

function routesPanel({ routes }: ReviewQuality): Html {
  return html`<section class="panel" aria-labelledby="routes-title">
    <h2 id="routes-title">Agreement by route</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Route</th>
          <th scope="col">Kept</th>
          <th scope="col">Judged</th>
          <th scope="col">Errors at most</th>
          <th scope="col">Could run alone</th>
        </tr>
      </thead>
      <tbody>
        ${routes.map(
          ({ route, mode, decided, agreement, errorBound, automatable }) =>
            html`<tr>
              <th scope="row">
                ${spoken(route === '' ? 'unknown' : route)} <span class="hint">${mode}</span>
              </th>
              <td class="number">${bar(agreement)} ${percent(agreement)}</td>
              <td class="number">${decided}</td>
              <td class="number">${percent(errorBound)}</td>
              <td class="number">${percent(automatable.share)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="hint">
      “Errors at most” is the exact upper bound at 95 %: with few judgements it stays high, however
      often people agreed. “Could run alone” keeps within the policy’s risk; P1 never does.
    </p>
  </section>`
}

function reasonsPanel({ overrideReasons }: ReviewQuality): Html {
  const most = Math.max(1, ...overrideReasons.map(({ count }) => count))
  return html`<section class="panel" aria-labelledby="reasons-title">
    <h2 id="reasons-title">Why people decided otherwise</h2>
    ${overrideReasons.length === 0 ? html`<p>Nobody did.</p>` : ''}
    <table>
      <thead class="unseen">
        <tr>
          <th scope="col">Reason</th>
          <th scope="col">Times</th>
        </tr>
      </thead>
      <tbody>
        ${overrideReasons.map(
          ({ reason, count }) =>
            html`<tr>
              <th scope="row"><bdi>${showHidden(reason.slice(0, 120))}</bdi></th>
              <td class="number">${bar(count / most)} ${count}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

function reviewersPanel({ reviewers }: ReviewQuality): Html {
  return html`<section class="panel" aria-labelledby="reviewers-title">
    <h2 id="reviewers-title">Who decided</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Reviewer</th>
          <th scope="col">Decided</th>
          <th scope="col">Kept</th>
          <th scope="col">Blind kept</th>
          <th scope="col">Half within</th>
        </tr>
      </thead>
      <tbody>
        ${reviewers.map(
          ({ reviewer, decided, agreement, blindAgreement, medianSeconds, rubberStamping }) =>
            html`<tr>
              <th scope="row">
                <a href="/review/history?reviewer=${encodeURIComponent(reviewer)}">${reviewer}</a>
                ${rubberStamping.flagged ? html`<b class="late">may confirm without looking</b>` : ''}
                <span class="hint">${rubberStamping.sentence}</span>
              </th>
              <td class="number">${decided}</td>
              <td class="number">${percent(agreement)}</td>
              <td class="number">${blindAgreement === null ? '–' : percent(blindAgreement)}</td>
              <td class="number">
                ${medianSeconds === null ? '–' : spanOf(medianSeconds * 1_000)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="hint">A flag is a reason to look at blind samples together, not a verdict.</p>
  </section>`
}
