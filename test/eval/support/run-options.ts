import type { RunOptions } from '../../../eval/cli/options.ts'

/** What the command line gives `eval` by default, for runs of a test. */
export function runOptions(out: string, given: Partial<RunOptions> = {}): RunOptions {
  return {
    scorer: ['phrases'],
    policy: 'policies/saas.yaml',
    model: 'model',
    concurrency: 1,
    threads: 1,
    budgetMs: 10_000,
    out,
    quiet: true,
    json: true,
    ...given,
  }
}
