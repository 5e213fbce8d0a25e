import { html } from 'hono/html'
import type { Bucket } from '../domain/review-summary.ts'
import type { Html } from './html.ts'

const WIDTH = 480
const HEIGHT = 160
const TOP = 20
const BOTTOM = 24
const GAP = 8

/** How long decisions took, as bars; a screen reader gets the same as a sentence. */
export function timePlot(times: readonly Bucket[]): Html {
  const most = Math.max(1, ...times.map(({ count }) => count))
  const step = WIDTH / times.length
  const room = HEIGHT - TOP - BOTTOM
  return html`<section class="panel" aria-labelledby="times-title">
    <h2 id="times-title">Time to decision</h2>
    <svg
      class="plot"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="Decisions by minutes: ${times.map(sentenceOf).join('; ')}"
    >
      ${times.map((bucket, index) => {
        const height = Math.round((bucket.count / most) * room)
        const x = index * step + GAP / 2
        const y = TOP + room - height
        const middle = index * step + step / 2
        return html`<rect x="${x}" y="${y}" width="${step - GAP}" height="${height}" rx="2" />
          <text x="${middle}" y="${y - 6}">${bucket.count === 0 ? '' : bucket.count}</text>
          <text x="${middle}" y="${HEIGHT - 6}" class="axis">${labelOf(bucket)}</text>`
      })}
      <line x1="0" x2="${WIDTH}" y1="${TOP + room}" y2="${TOP + room}" />
    </svg>
    <p class="hint">Minutes from held to decided.</p>
  </section>`
}

function labelOf({ fromMinutes, toMinutes }: Bucket): string {
  if (toMinutes === Infinity) return `over ${fromMinutes}`
  return fromMinutes === 0 ? `under ${toMinutes}` : `${fromMinutes}–${toMinutes}`
}

const sentenceOf = (bucket: Bucket) => `${labelOf(bucket)}: ${bucket.count}`
