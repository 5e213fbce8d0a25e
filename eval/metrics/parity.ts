import type { Severity } from '../../src/domain/labels.ts'
import { shareOf } from './pair.ts'
import { rankOf, type SeverityRange } from './severity-range.ts'

/** One voice of a group: the same case, said angrily, politely, tersely … */
export type Voice = {
  readonly group: string
  readonly decided: Severity
  readonly expected: SeverityRange | null
}

/** Groups in which every voice gets the same severity ÷ groups of at least two voices. Null without any. */
export function parity(voices: readonly Voice[]): number | null {
  return shareOfGroups(voices, (group) => new Set(group.map(({ decided }) => decided)).size === 1)
}

/**
 * Groups in which how it was said cost somebody: one voice is decided below what is accepted while another is not.
 * Emotion may raise; calm may never lower.
 */
export function calmLowered(voices: readonly Voice[]): number | null {
  return shareOfGroups(voices, (group) => {
    const low = group.filter(
      ({ decided, expected }) => expected !== null && rankOf(decided) > rankOf(expected.least),
    )
    return low.length > 0 && low.length < group.length
  })
}

function shareOfGroups(
  voices: readonly Voice[],
  holds: (group: readonly Voice[]) => boolean,
): number | null {
  const groups = [...Map.groupBy(voices, ({ group }) => group).values()].filter(
    (group) => group.length > 1,
  )
  return shareOf(groups.filter(holds).length, groups.length)
}
