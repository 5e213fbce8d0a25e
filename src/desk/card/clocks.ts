import { html } from 'hono/html'
import type { Html } from '../html.ts'
import { spoken } from '../names.ts'
import { countdown, exactly, moment } from '../time.ts'

export type ShownClock = {
  readonly kind: string
  readonly dueAt: string
  /** As the policy writes it ("15m"), and the calendar that it runs on. */
  readonly target: string
  readonly calendar: string
  readonly metAt: string | null
  /** It stands still since then, because the customer's answer is awaited. */
  readonly pausedAt: string | null
}

/** What the customer was promised, and how long is left of each. */
export function clocksSection(clocks: readonly ShownClock[], now: Date): Html {
  return html`<section aria-labelledby="clocks-title">
    <h2 id="clocks-title">Clocks</h2>
    <table class="clocks">
      <thead class="unseen">
        <tr>
          <th scope="col">Clock</th>
          <th scope="col">Left</th>
          <th scope="col">Target</th>
        </tr>
      </thead>
      <tbody>
        ${clocks.map(
          (clock) =>
            html`<tr>
              <th scope="row">${spoken(clock.kind)}</th>
              <td class="number" title="${exactly(clock.dueAt)}">${stateOf(clock, now)}</td>
              <td class="hint">${clock.target}, ${clock.calendar}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

function stateOf({ metAt, pausedAt, dueAt }: ShownClock, now: Date): Html {
  if (metAt !== null) return html`met ${moment(metAt, now)}`
  return pausedAt === null ? countdown(dueAt, now) : html`paused ${moment(pausedAt, now)}`
}
