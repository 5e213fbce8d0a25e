import { loadPolicy } from '../../../src/compose/policy.ts'
import { compilePolicy, type CompiledPolicy } from '../../../src/domain/compile-policy.ts'
import type { Policy, Trigger } from '../../../src/domain/policy.ts'
import { DEFAULT_COSTS } from '../../../src/domain/costs.ts'
import { fingerprint } from '../../../src/fingerprint.ts'
import type { Scorer } from '../../../src/domain/signal.ts'
import { buildReport } from '../../../eval/report/report.ts'
import { createLabelScorer } from '../../../eval/run/label-scorer.ts'
import { runSuite } from '../../../eval/run/run-suite.ts'
import { readSuite } from '../../../eval/suite/read-suite.ts'
import { summarise } from '../../../eval/summary/summarise.ts'
import type { StoredRun } from '../../../eval/compare/read-run.ts'
import type { FullReport } from '../../../eval/report/report.ts'

/** Intervals are tested by themselves; here they only cost time. */
const FEW_RESAMPLES = 10

/** A condition that every ticket meets. */
const ALWAYS = {
  kind: 'fact',
  fact: 'ticket.length',
  matcher: { op: 'gte', value: 0 },
} as const

export function alwaysRaise(raise: Trigger['raise']): Trigger {
  return {
    id: `always-${raise}`,
    category: 'urgency',
    when: ALWAYS,
    raise,
    floor: true,
    because: 'Always',
    review: false,
  }
}

export const HOLD_ALL = { id: 'hold-all', when: ALWAYS, because: 'Always' }

/** The shipped policy with some parts replaced. */
export async function policyWith(
  change: (policy: Policy) => Partial<Policy>,
): Promise<CompiledPolicy> {
  const { policy } = (await loadPolicy('policies/saas.yaml')).compiled
  const changed = { ...policy, ...change(policy) }
  return compilePolicy({ ...changed, hash: fingerprint(changed) })
}

/** Decides by the priority of the label and nothing else; with true labels it makes no error that a gate counts. */
export function followLabels(): Promise<CompiledPolicy> {
  const rule = (priority: string, raise: Trigger['raise']): Trigger => ({
    ...alwaysRaise(raise),
    id: `label-${priority}`,
    when: { kind: 'fact', fact: 'model.priority', matcher: { op: 'is', value: priority } },
    floor: false,
  })
  return policyWith((policy) => ({
    phrases: [],
    triggers: [rule('critical', 'P1'), rule('high', 'P2')],
    review: { ...policy.review, rules: [] },
  }))
}

/** Runs shipped suites with true labels as scores (or other scorers) and keeps everything in memory. */
export async function runLabelled(
  names: readonly string[],
  policy: CompiledPolicy,
  scorersFor?: (labels: Scorer) => readonly Scorer[],
): Promise<{ readonly full: FullReport; readonly stored: StoredRun }> {
  const summarised = await Promise.all(
    names.map(async (name) => {
      const suite = await readSuite(name)
      const labels = createLabelScorer(suite.cases)
      const outcomes = await runSuite(suite, {
        policy,
        code: 'test',
        scorers: scorersFor?.(labels) ?? [labels],
        concurrency: 1,
        cache: null,
        file: { find: () => undefined, append: async () => {}, close: async () => {} },
      })
      const { summary, graded, lost } = summarise(suite, outcomes, policy, FEW_RESAMPLES)
      return { suite: name, summary, cases: graded, lost }
    }),
  )
  const { id, version, hash } = policy.policy
  const run = {
    policy: { id, version, hash },
    costs: DEFAULT_COSTS,
    scorers: [],
    concurrency: 1,
    half: null,
    sample: null,
    perturb: [],
    suites: names.map((id) => ({ id, from: id })),
    ran: null,
  }
  const report = buildReport(
    run,
    summarised.map(({ summary }) => summary),
  )
  const byKey = summarised.flatMap(({ suite, cases }) =>
    cases.map((each) => [`${suite}/${each.evalCase.id}`, each] as const),
  )
  return {
    full: {
      showSealed: true,
      report,
      graded: summarised.map(({ suite, cases, lost }) => ({ suite, cases, lost })),
    },
    stored: { report, graded: new Map(byKey), lost: new Map() },
  }
}
