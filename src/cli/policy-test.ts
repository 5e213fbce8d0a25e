import type { Command } from 'commander'
import { caseCoverage } from '../policy/case-coverage.ts'
import { runCase } from '../policy/run-case.ts'
import { createPaint } from './paint.ts'
import { readPolicy } from './read-policy.ts'

type Options = { readonly json?: boolean; readonly full?: boolean }

/** `triage policy test [file]`: the example tickets of a policy, run as its tests. */
export function addPolicyTest(policy: Command): void {
  policy
    .command('test')
    .description('run the cases of a policy and say which rules none of them exercises')
    .argument('[file]', 'policy file (default: POLICY, or the shipped one)')
    .option('--json', 'print results and coverage as JSON')
    .option('--full', 'a rule that no case exercises fails, too')
    .addHelpText(
      'after',
      `
Examples:
  npm run triage -- policy test
  npm run triage -- policy test policies/ours.yaml --full

Exit codes: 0 all cases as expected, 1 a case is decided otherwise (or, with --full, a rule has no case).`,
    )
    .action(async (given: string | undefined, options: Options) => {
      const { file, compiled } = await readPolicy(given)
      const results = compiled.policy.cases.map((one) => runCase(one, compiled))
      const coverage = caseCoverage(results, compiled)
      const wrong = results.filter(({ differences }) => differences.length > 0)
      if (options.json === true) {
        const cases = results.map(({ id, differences }) => ({
          id,
          ok: differences.length === 0,
          differences,
        }))
        process.stdout.write(`${JSON.stringify({ file, cases, coverage }, null, 2)}\n`)
      } else {
        const paint = createPaint(process.stdout.isTTY && process.env['NO_COLOR'] === undefined)
        for (const { id, differences, decision } of wrong) {
          process.stdout.write(`${paint('danger', 'wrong')} ${id}\n`)
          for (const difference of differences) process.stdout.write(`    ${difference}\n`)
          for (const { rule, sentence } of decision.reasons)
            process.stdout.write(`    ${paint('faint', `${rule}: ${sentence}`)}\n`)
        }
        const share =
          coverage.rules === 0 ? 100 : Math.floor((100 * coverage.covered) / coverage.rules)
        for (const { kind, id } of coverage.uncovered)
          process.stdout.write(`${paint('faint', `no case for ${kind} ${id}`)}\n`)
        process.stdout.write(
          `${file}: ${results.length - wrong.length} of ${results.length} cases as expected; ${coverage.covered} of ${coverage.rules} rules exercised (${share} %)\n`,
        )
      }
      const incomplete = options.full === true && coverage.uncovered.length > 0
      if (wrong.length > 0 || incomplete) process.exitCode = 1
    })
}
