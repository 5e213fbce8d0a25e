/** Why people decide otherwise, to be picked instead of typed. */
export const OVERRIDE_REASONS = [
  'Wrong team',
  'Wrong type',
  'Too severe',
  'Not severe enough',
  'Owner not available',
  'Message needs work',
] as const
export const DISMISS_REASONS = [
  'Solved meanwhile',
  'Duplicate',
  'Misread by the scorers',
  'Test or spam',
  'A question, not an incident',
] as const

const KNOWN: ReadonlySet<string> = new Set([...OVERRIDE_REASONS, ...DISMISS_REASONS])

/** One text of what was picked and what was typed: `Wrong team; Too severe: it is an invoice`. */
export function reasonText(picked: readonly string[], typed: string | undefined): string {
  return [picked.join('; '), typed].filter(Boolean).join(': ')
}

/** What can be counted of a reason: what was picked, else the whole text. */
export function countedReasons(reason: string): readonly string[] {
  const picked = reason.split(':', 1)[0]!.split('; ')
  return picked.every((one) => KNOWN.has(one)) ? picked : [reason]
}
