import type { CompiledPolicy } from '../../src/domain/compile-policy.ts'
import { moreSevere, type Severity } from '../../src/domain/labels.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { isUnscored, type Unscored } from '../../src/domain/signal.ts'
import { stepsOver, stepsUnder, type Judged } from '../metrics/severity-range.ts'
import type { Outcome } from '../run/outcome.ts'
import type { EvalCase, Expected, Polarity, SignalName } from '../suite/eval-case.ts'
import { gradeSpans } from './grade-spans.ts'
import type { Grade, Graded, GradeName } from './graded.ts'

/** Compares what was decided with what a careful lead would decide. Null when nothing was decided. */
export function gradeOutcome(
  evalCase: EvalCase,
  outcome: Outcome,
  { policy }: CompiledPolicy,
): Graded | null {
  const { receipt } = outcome
  if (receipt === null) return null
  const { expected } = evalCase
  const { decision, signals } = receipt
  const held = decision.disposition === 'review'
  const judge = (decided: Severity): Judged | null =>
    expected.severity === undefined ? null : { expected: expected.severity, decided, held }
  const judged = judge(decision.severity)
  const severityBeforeFloor = beforeFloor(receipt)
  const kinds = [...new Set(signals.triggers.map(({ kind }) => kind))]
  return {
    evalCase,
    outcome,
    receipt,
    judged,
    judgedBeforeFloor: judge(severityBeforeFloor),
    severityBeforeFloor,
    grades: {
      ...(judged !== null && { severity: gradeSeverity(judged) }),
      owner: gradeOwner(receipt, policy),
      ...gradeDecision(expected, receipt),
      ...gradeSignals(expected, receipt),
    },
    emotions:
      expected.emotions === undefined || isUnscored(signals.emotions)
        ? null
        : { expected: expected.emotions, actual: signals.emotions.map(({ label }) => label) },
    kinds:
      expected.triggers === undefined
        ? null
        : { expected: expected.triggers.map(({ kind }) => kind), actual: kinds },
    spans: expected.triggers === undefined ? null : gradeSpans(expected.triggers, signals.triggers),
    cluster:
      evalCase.ticket.customer?.id ?? `case:${evalCase.base ?? evalCase.group ?? evalCase.id}`,
  }
}

/** Highest raise among the triggers that read a model's opinion; unscored tickets start at P2 as in production. */
function beforeFloor({ decision, facts }: Receipt): Severity {
  const raises = decision.reasons.flatMap(({ kind, raise, floor }) =>
    kind === 'trigger' && raise !== undefined && floor !== true ? [raise] : [],
  )
  const start: Severity = facts.values['intent'] === undefined ? 'P2' : 'P4'
  return raises.reduce(moreSevere, start)
}

function gradeSeverity(judged: Judged): Grade {
  const { most, least } = judged.expected
  return {
    expected: most === least ? most : `${most}–${least}`,
    actual: judged.decided,
    correct: stepsUnder(judged) === 0 && stepsOver(judged) === 0,
  }
}

/** A named person of the team (or the last resort) with another named person behind. */
function gradeOwner({ decision }: Receipt, policy: CompiledPolicy['policy']): Grade {
  const { owner, backup, team } = decision.route
  const members = policy.teams[team]
  const eligible = new Set([
    ...(members?.owners ?? []),
    ...(members?.backups ?? []),
    policy.lastResort.owner,
    policy.lastResort.backup,
  ])
  return {
    expected: `a person of ${team} with a backup`,
    actual: `${owner.id}, ${backup.id}`,
    correct: eligible.has(owner.id) && eligible.has(backup.id) && owner.id !== backup.id,
  }
}

function gradeDecision(
  expected: Expected,
  { decision }: Receipt,
): Partial<Record<GradeName, Grade>> {
  const due = Object.entries(expected.clocks ?? {})
  const shown = due.map(([kind]) => decision.clocks.find((clock) => clock.kind === kind)?.dueAt)
  return {
    ...(expected.type && { type: oneOf(expected.type, decision.type) }),
    ...(expected.team && { team: oneOf(expected.team, decision.route.team) }),
    ...(expected.disposition && {
      disposition: oneOf([expected.disposition], decision.disposition),
    }),
    ...(due.length > 0 && {
      clocks: {
        expected: due.map(([, at]) => at).join(' '),
        actual: shown.join(' '),
        correct: due.every(([, at], place) => Date.parse(at) === Date.parse(shown[place] ?? '')),
      },
    }),
  }
}

function gradeSignals(expected: Expected, { signals }: Receipt): Partial<Record<GradeName, Grade>> {
  return {
    ...(expected.intent && {
      intent: ofSignal(expected.intent, signals.intent, ({ label }) => label),
    }),
    ...(expected.sentiment !== undefined && {
      sentiment: ofSignal([expected.sentiment], signals.sentiment, ({ value }) => value),
    }),
    ...((expected.polarity ?? expected.sentiment) !== undefined && {
      polarity: ofSignal(
        [expected.polarity ?? polarityOf(expected.sentiment ?? 0)],
        signals.sentiment,
        ({ value }) => polarityOf(value),
      ),
    }),
    ...(expected.urgency !== undefined && {
      urgency: ofSignal([expected.urgency], signals.urgency, ({ value }) => value),
    }),
    ...(expected.priority && {
      priority: ofSignal([expected.priority], signals.priority, ({ label }) => label),
    }),
    ...(expected.language && {
      language: gradeLanguage(expected.language, expected, signals),
    }),
    ...(expected.unscored && { unscored: gradeUnscored(expected.unscored, signals) }),
  }
}

/** Every language can be named, so one that is not is wrong, unless the case says that nobody can. */
function gradeLanguage(
  language: string,
  { unscored = [] }: Expected,
  signals: Receipt['signals'],
): Grade {
  const grade = ofSignal([language], signals.language, ({ code }) => code)
  const mayBeUnscored = unscored.includes('language')
  return grade.correct === null && !mayBeUnscored ? { ...grade, correct: false } : grade
}

/** What cannot be read must say so; a guess is the error. */
function gradeUnscored(names: readonly SignalName[], signals: Receipt['signals']): Grade {
  const guessed = names.filter((name) => !isUnscored(signals[name]))
  return {
    expected: 'unscored',
    actual: guessed.length === 0 ? 'unscored' : `scored: ${guessed.join(', ')}`,
    correct: guessed.length === 0,
  }
}

function polarityOf(sentiment: number): Polarity {
  if (sentiment === 0) return 'neutral'
  return sentiment < 0 ? 'negative' : 'positive'
}

/** Among several acceptable labels the one that came out, else the first, stands for the expected one. */
function oneOf(accepted: readonly string[], actual: string): Grade {
  const correct = accepted.includes(actual)
  return { expected: correct ? actual : accepted[0]!, actual, correct }
}

function ofSignal<T extends { readonly confidence: number }>(
  accepted: readonly (string | number)[],
  signal: T | Unscored,
  read: (signal: T) => string | number,
): Grade {
  if (isUnscored(signal)) return { expected: String(accepted[0]), actual: null, correct: null }
  return {
    ...oneOf(accepted.map(String), String(read(signal))),
    confidence: signal.confidence,
  }
}
