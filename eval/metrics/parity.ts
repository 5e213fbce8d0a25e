import type { Severity } from '../../src/domain/labels.ts'
import { meanOf } from './pair.ts'
import { rankOf, type SeverityRange } from './severity-range.ts'

/** One voice of a group: the same case, said angrily, politely, tersely … */
export type Voice = {
  readonly group: string
  readonly decided: Severity
  readonly expected: SeverityRange | null
}

/** One group of at least two voices: 1 where what was asked holds, else 0. */
export type GroupValue<V extends Voice> = { readonly voices: readonly V[]; readonly value: number }

/** Groups of at least two voices of which it holds ÷ all of them. Null without any. */
export function shareOfGroups(
  voices: readonly Voice[],
  holds: (voices: readonly Voice[]) => boolean,
): number | null {
  return meanOf(groupValues(voices, holds).map(({ value }) => value))
}

/** Every voice gets the same severity, right or wrong. */
export function isSameForAll(voices: readonly Voice[]): boolean {
  return new Set(voices.map(({ decided }) => decided)).size === 1
}

/** One voice is decided below what is accepted while another is not. Emotion may raise; calm may never lower. */
export function isCalmLowered(voices: readonly Voice[]): boolean {
  const low = voices.filter(
    ({ decided, expected }) => expected !== null && rankOf(decided) > rankOf(expected.least),
  )
  return low.length > 0 && low.length < voices.length
}

export function groupValues<V extends Voice>(
  voices: readonly V[],
  holds: (voices: readonly V[]) => boolean,
): readonly GroupValue<V>[] {
  return [...Map.groupBy(voices, ({ group }) => group).values()]
    .filter((group) => group.length > 1)
    .map((group) => ({ voices: group, value: Number(holds(group)) }))
}
