import { ticketText } from '../../../src/domain/ticket.ts'
import { GRADE_NAMES, type Graded } from '../../grade/graded.ts'

/** One case as the list in the page wants it. */
export function caseItem(suite: string, { evalCase, receipt, grades }: Graded) {
  const { decision } = receipt
  const severity = grades.severity
  return {
    id: evalCase.id,
    suite,
    tags: [evalCase.half, ...evalCase.tags],
    text: ticketText(evalCase.ticket),
    right: severity?.correct !== false,
    verdict: `${severity?.expected ?? '–'} → ${decision.severity}${decision.disposition === 'review' ? ' held' : ''}`,
    grades: GRADE_NAMES.flatMap((name) => {
      const grade = grades[name]
      return grade === undefined ? [] : [[name, grade.expected, grade.actual, grade.correct]]
    }),
    reasons: decision.reasons.map(({ rule, sentence }) => `${sentence} (${rule})`),
    evidence: [
      ...receipt.signals.triggers,
      ...decision.reasons.flatMap((reason) => reason.evidence),
    ].map(({ start, end }) => ({ start, end })),
    // The text is shown above already and the roster is empty in an eval.
    receipt: { ...receipt, redactedText: undefined, roster: undefined },
  }
}
