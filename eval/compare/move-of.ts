import type { Graded, GradeName } from '../grade/graded.ts'
import { stepsOver, stepsUnder } from '../metrics/severity-range.ts'

export type Pair = { readonly a: Graded; readonly b: Graded }

/** In the order of the list. */
export const MOVE_KINDS = ['regression', 'improvement', 'moved'] as const

export type Move = Pair & {
  readonly suite: string
  readonly kind: (typeof MOVE_KINDS)[number]
  /** Grades that are right in one run only, and what else was decided differently. */
  readonly differs: readonly string[]
}

/** What a case may not lose, whatever else it gains. */
const GUARDED: readonly GradeName[] = [
  'severity',
  'type',
  'team',
  'owner',
  'disposition',
  'clocks',
  'language',
  'unscored',
]

/** Whatever went from right to wrong is a regression, also where something else went the other way. */
export function moveOf(suite: string, { a, b }: Pair): Move | null {
  const lost = GUARDED.filter((name) => isLost(name, a, b))
  const won = GUARDED.filter((name) => isLost(name, b, a))
  const differs = [...new Set([...lost, ...won, ...decidedOtherwise(a, b)])]
  if (differs.length === 0) return null
  const steps = stepsFurther(a, b)
  const kind =
    lost.length > 0 || steps > 0
      ? 'regression'
      : won.length > 0 || steps < 0
        ? 'improvement'
        : 'moved'
  return { suite, a, b, kind, differs }
}

function isLost(name: GradeName, before: Graded, after: Graded): boolean {
  return before.grades[name]?.correct === true && after.grades[name]?.correct === false
}

/** How much further B is from what is acceptable; too low weighs more than too high. Negative: nearer. */
function stepsFurther(a: Graded, b: Graded): number {
  if (a.judged === null || b.judged === null) return 0
  const under = stepsUnder(b.judged) - stepsUnder(a.judged)
  return under === 0 ? stepsOver(b.judged) - stepsOver(a.judged) : under
}

/** The severity is acceptable, or nobody said which is. */
export function isRight({ grades }: Graded): boolean {
  return grades.severity?.correct !== false
}

function decidedOtherwise(a: Graded, b: Graded): readonly GradeName[] {
  const [before, after] = [decidedParts(a), decidedParts(b)]
  return Object.entries(after).flatMap(([name, value]) =>
    before[name as keyof typeof before] === value ? [] : (name as GradeName),
  )
}

function decidedParts({ receipt: { decision } }: Graded) {
  const { severity, type, disposition, route, clocks } = decision
  const due = clocks.map(({ kind, dueAt }) => `${kind} ${dueAt}`).join(' ')
  const owner = `${route.owner.id} ${route.backup.id}`
  return { severity, type, team: route.team, owner, disposition, clocks: due }
}

/** Regressions come first. */
export function byKind(a: Move, b: Move): number {
  return MOVE_KINDS.indexOf(a.kind) - MOVE_KINDS.indexOf(b.kind)
}
