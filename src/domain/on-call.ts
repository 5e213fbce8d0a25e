import type { OnCall } from './policy.ts'
import { DAY_MS, MINUTE_MS, localInstant } from './working-intervals.ts'

/** A turn of a rotation: who is on call, as a place in its list, and until when. */
export type Duty = { readonly place: number; readonly untilMs: number }

/** Who is on call at `atMs`. The rotation runs backwards too, so that old tickets replay. */
export function dutyAt(rotation: OnCall, atMs: number): Duty {
  const { people, days } = rotation
  let turn = Math.floor((atMs - handoverMs(rotation, 0)) / (days * DAY_MS))
  // Local days are 23 to 25 hours long, so the estimate may be one off.
  while (handoverMs(rotation, turn) > atMs) turn -= 1
  while (handoverMs(rotation, turn + 1) <= atMs) turn += 1
  const place = ((turn % people.length) + people.length) % people.length
  return { place, untilMs: handoverMs(rotation, turn + 1) }
}

function handoverMs({ timezone, from, handover, days }: OnCall, turn: number): number {
  return localInstant(timezone, from, handover * MINUTE_MS, turn * days)
}
