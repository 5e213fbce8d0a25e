import { html } from 'hono/html'
import type { Incident, TimelinePoint } from '../domain/incident.ts'
import type { Html } from './html.ts'
import { exactly } from './time.ts'

const WIDTH = 640
const HEIGHT = 180
const LEFT = 40
const BOTTOM = 24
const TOP = 12
const RIGHT = 12

/** Customers in the window over time, and the usual number as a dashed line. Text under it says the same. */
export function spikeChart({ timeline, peakCustomers, openedAt }: Incident): Html {
  if (timeline.length === 0) return html`<p class="hint">The first numbers come in a moment.</p>`
  const first = Date.parse(timeline[0]!.at)
  const last = Date.parse(timeline.at(-1)!.at)
  const most = Math.max(peakCustomers, ...timeline.map(({ expected }) => expected), 5)
  const x = (at: string) =>
    LEFT + ((Date.parse(at) - first) / Math.max(1, last - first)) * (WIDTH - LEFT - RIGHT)
  const y = (value: number) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP)
  const points = (read: (point: TimelinePoint) => number) =>
    timeline.map((point) => `${x(point.at).toFixed(1)},${y(read(point)).toFixed(1)}`).join(' ')
  const now = timeline.at(-1)!
  const marks = [0, Math.round(most / 2), Math.round(most)]
  return html`<figure class="spike-chart">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Customers over time">
      ${marks.map(
        (mark) =>
          html`<line
              class="grid"
              x1="${LEFT}"
              x2="${WIDTH - RIGHT}"
              y1="${y(mark)}"
              y2="${y(mark)}"
            />
            <text class="mark" x="${LEFT - 6}" y="${y(mark) + 4}" text-anchor="end">${mark}</text>`,
      )}
      <polyline class="usual" points="${points(({ expected }) => expected)}" />
      <polyline class="now" points="${points(({ customers }) => customers)}" />
      <circle class="now" cx="${x(now.at)}" cy="${y(now.customers)}" r="4" />
      <text class="mark" x="${LEFT}" y="${HEIGHT - 6}">${exactly(timeline[0]!.at)}</text>
      <text class="mark" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">
        ${exactly(now.at)}
      </text>
    </svg>
    <figcaption class="hint">
      ${now.customers} customers now, ${peakCustomers} at most; usual are ${shown(now.expected)}
      (dashed). Open since ${exactly(openedAt)}.
    </figcaption>
  </figure>`
}

const shown = (expected: number) => (expected < 1 ? 'fewer than 1' : expected.toFixed(1))
