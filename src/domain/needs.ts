import type { CompiledPerson } from './compile-policy.ts'
import type { Facts } from './facts.ts'
import type { Needs } from './policy.ts'

/** What one ticket asks of its owner, and which authority its decision takes. */
export type Wanted = {
  readonly skills: readonly string[]
  readonly language?: string
  readonly region?: string
  /** Kind of authority → the amount to decide about. */
  readonly authority: Readonly<Record<string, number>>
  /** Who owns the ticket already. */
  readonly incumbent?: string
}

export const NOTHING_WANTED: Wanted = { skills: [], authority: {} }

/** The needs of a route on this ticket; what the ticket does not say is not asked for. */
export function wantedBy(needs: Needs | undefined, { values }: Facts): Wanted {
  const incumbent = textOf(values['ticket.ownerBefore'])
  const own = incumbent === undefined ? {} : { incumbent }
  if (needs === undefined) return { ...NOTHING_WANTED, ...own }
  const language = needs.language === true ? textOf(values.language) : undefined
  const region = needs.region === true ? textOf(values['customer.region']) : undefined
  const authority = Object.entries(needs.authority ?? {}).flatMap(([kind, fact]) => {
    const amount = values[fact]
    return typeof amount === 'number' ? [[kind, amount] as const] : []
  })
  return {
    skills: needs.skills ?? [],
    ...(language !== undefined && { language }),
    ...(region !== undefined && { region }),
    authority: Object.fromEntries(authority),
    ...own,
  }
}

/** What the person lacks, as words for a reason; empty when it has everything. */
export function lacking(person: CompiledPerson, wanted: Wanted): readonly string[] {
  const { skills, language, region } = wanted
  return [
    ...skills.filter((skill) => !person.skills.includes(skill)).map((skill) => `knows ${skill}`),
    ...(language === undefined || person.languages.includes(language)
      ? []
      : [`speaks ${language}`]),
    ...(region === undefined || person.regions.includes(region) ? [] : [`works for ${region}`]),
  ]
}

/** True when the person may decide about every amount that the ticket asks for. */
export function mayDecide(person: CompiledPerson, { authority }: Wanted): boolean {
  return Object.entries(authority).every(
    ([kind, amount]) => (person.authority[kind] ?? 0) >= amount,
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
