import { html } from 'hono/html'
import type { Html } from './html.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** From here on a clock asks for attention, and for all of it. The script has the same numbers. */
const SOON = 10 * MINUTE
const URGENT = 2 * MINUTE

/** How pressing a clock is. */
export type Pressure = 'over' | 'urgent' | 'soon' | 'calm'

export function pressureOf(dueAt: string, now: Date): Pressure {
  const left = Date.parse(dueAt) - now.getTime()
  if (left <= 0) return 'over'
  if (left <= URGENT) return 'urgent'
  return left <= SOON ? 'soon' : 'calm'
}

/** A clock that the script keeps ticking; without it, as it stood when the page was made. */
export function countdown(dueAt: string, now: Date): Html {
  const text = timeLeft(Date.parse(dueAt) - now.getTime())
  return html`<time class="due" datetime="${dueAt}" data-pressure="${pressureOf(dueAt, now)}"
    >${text}</time
  >`
}

/** `4:12 left`, `1:05 over`, `3 h 10 min left`. */
export function timeLeft(ms: number): string {
  return ms > 0 ? `${spanOf(ms)} left` : `${spanOf(-ms)} over`
}

/** A span in the two units that matter; seconds only below ten minutes. */
export function spanOf(ms: number): string {
  if (ms < 10 * MINUTE) {
    const seconds = Math.floor(ms / SECOND)
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
}

/** A moment: how long ago for people, exactly on hovering; the script puts it into the reader's own zone. */
export function moment(at: string, now: Date): Html {
  return html`<time class="at" datetime="${at}" title="${exactly(at)}"
    >${ago(now.getTime() - Date.parse(at))}</time
  >`
}

function ago(ms: number): string {
  if (ms < -MINUTE) return `in ${spanOf(-ms)}`
  if (ms < MINUTE) return 'just now'
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`
  return `${spanOf(ms)} ago`
}

/** `2026-11-20 14:05 UTC`. */
export const exactly = (at: string) => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`
