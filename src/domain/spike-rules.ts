/** The `spikes:` section of a policy. Only the first three are required. */
export type SpikeSection = {
  readonly windowMinutes: number
  /** Distinct customers below which nothing is a spike. */
  readonly minCustomers: number
  /** Customers now ÷ the usual number from which it may be one. */
  readonly ratio: number
} & Partial<SpikeOptions>

export type SpikeOptions = {
  /** IANA zone whose hours of the week the usual numbers are learned for. */
  readonly timezone: string
  /** False alarms to expect in a week, over all keys together. */
  readonly falseAlarmsPerWeek: number
  /** Attributes of tickets that are counted beside words and intents. */
  readonly attributes: readonly string[]
  /** `relative`: when everybody writes more, every key may. `absolute`: it may not. */
  readonly traffic: 'relative' | 'absolute'
  /** An incident goes on down to this ratio. */
  readonly closeRatio: number
  /** It ends by itself after this long below it. */
  readonly quietMinutes: number
  /** After its end its keys open no other for this long. */
  readonly cooldownMinutes: number
  /** Absent: no incident is major. */
  readonly major: MajorRule | null
}

/** From these numbers on, people are told at once, by the regions of the members. */
export type MajorRule = {
  readonly customers: number
  readonly ratio: number
  /** Region → people. */
  readonly regions: Readonly<Record<string, readonly string[]>>
  /** For members of other regions, or of none. */
  readonly otherwise: readonly string[]
}

export type SpikeRules = Omit<SpikeSection, keyof SpikeOptions> & SpikeOptions

export function spikeRules(section: SpikeSection): SpikeRules {
  return {
    timezone: 'UTC',
    falseAlarmsPerWeek: 1,
    attributes: [],
    traffic: 'relative',
    closeRatio: Math.max(1, section.ratio / 2),
    quietMinutes: 30,
    cooldownMinutes: 120,
    major: null,
    ...section,
  }
}
