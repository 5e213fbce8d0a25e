import { ticketText } from '../../src/domain/ticket.ts'
import type { Graded } from '../grade/graded.ts'
import type { EvalCase } from '../suite/eval-case.ts'

export const SLICE_NAMES = [
  'half',
  'tag',
  'intent',
  'channel',
  'tier',
  'language',
  'length',
  'source',
] as const
export type SliceName = (typeof SLICE_NAMES)[number]

/** The cases that have all of these values: `{ channel: email, tag: polite }`. */
export type SliceFilter = Readonly<Partial<Record<SliceName, string>>>

export function isInSlice(evalCase: EvalCase, slice: SliceFilter): boolean {
  return Object.entries(slice).every(([name, value]) =>
    VALUES[name as SliceName](evalCase).includes(value),
  )
}

export function describeSlice(slice: SliceFilter): string {
  return Object.entries(slice)
    .map(([name, value]) => `${name} is ${value}`)
    .join(' and ')
}

/** The cases by what they have in common; a case with several tags is in several groups. */
export function sliceBy(
  cases: readonly Graded[],
  name: SliceName,
): ReadonlyMap<string, readonly Graded[]> {
  const groups = new Map<string, Graded[]>()
  for (const graded of cases)
    for (const value of VALUES[name](graded.evalCase)) {
      const group = groups.get(value)
      if (group === undefined) groups.set(value, [graded])
      else group.push(graded)
    }
  return new Map([...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const VALUES: Readonly<Record<SliceName, (evalCase: EvalCase) => readonly string[]>> = {
  half: ({ half }) => [half],
  tag: ({ tags }) => tags,
  intent: ({ expected }) => expected.intent?.slice(0, 1) ?? [],
  channel: ({ ticket }) => [ticket.channel ?? 'not given'],
  tier: ({ ticket }) => [ticket.customer?.tier ?? 'not given'],
  language: ({ expected, ticket }) => [expected.language ?? ticket.language ?? 'not given'],
  length: ({ ticket }) => [lengthBand(ticketText(ticket).length)],
  source: ({ source }) => (source === undefined ? [] : [source]),
}

/** A tweet, a paragraph, a letter, a thread. */
function lengthBand(length: number): string {
  if (length < 60) return '0–59 characters'
  if (length < 200) return '60–199 characters'
  return length < 600 ? '200–599 characters' : '600 characters and more'
}
