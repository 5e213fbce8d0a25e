import { html } from 'hono/html'
import type { ReviewQuality } from '../domain/review-quality.ts'
import type { Html } from './html.ts'
import { spanOf } from './time.ts'

const WIDTH = 480
const HEIGHT = 144
const TOP = 20
const BOTTOM = 24
const SHOWN = 14

/** The last days: how much was decided, how much of it otherwise than suggested; the table beside it says the same. */
export function daysPanel({ days }: Pick<ReviewQuality, 'days'>): Html {
  const shown = days.slice(-SHOWN)
  return html`<section class="panel" aria-labelledby="days-title">
    <h2 id="days-title">Day by day</h2>
    ${plot(shown)}
    <table>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">Decided</th>
          <th scope="col">Otherwise</th>
          <th scope="col">Half within</th>
          <th scope="col">Defaults</th>
        </tr>
      </thead>
      <tbody>
        ${shown.toReversed().map(
          ({ day, decided, corrected, medianSeconds, defaulted }) =>
            html`<tr>
              <th scope="row">${day}</th>
              <td class="number">${decided}</td>
              <td class="number">${corrected}</td>
              <td class="number">${spanOf(medianSeconds * 1_000)}</td>
              <td class="number">${defaulted}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

function plot(days: ReviewQuality['days']): Html {
  const most = Math.max(1, ...days.map(({ decided }) => decided))
  const step = WIDTH / Math.max(days.length, 7)
  const room = HEIGHT - TOP - BOTTOM
  const scaled = (count: number) => Math.round((count / most) * room)
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
    ${days.map(({ day, decided, corrected }, index) => {
      const x = index * step + step * 0.15
      const [height, wrong] = [scaled(decided), scaled(corrected)]
      const middle = index * step + step / 2
      return html`<rect
          x="${x}"
          y="${TOP + room - height}"
          width="${step * 0.7}"
          height="${height}"
        />
        <rect
          class="otherwise"
          x="${x}"
          y="${TOP + room - wrong}"
          width="${step * 0.7}"
          height="${wrong}"
        />
        <text x="${middle}" y="${TOP + room - height - 6}">${decided}</text>
        <text x="${middle}" y="${HEIGHT - 6}" class="axis">${day.slice(5)}</text>`
    })}
    <line x1="0" x2="${WIDTH}" y1="${TOP + room}" y2="${TOP + room}" />
  </svg>`
}
