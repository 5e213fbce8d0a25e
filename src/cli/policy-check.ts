import type { Command } from 'commander'
import { stringify } from 'yaml'
import { TriageError } from '../domain/errors.ts'
import type { PolicyProblem } from '../policy/parse.ts'
import { checkSource } from '../compose/check-source.ts'
import type { LocatedFinding } from '../policy/check/check-policy.ts'
import type { Witness } from '../policy/check/finding.ts'
import { createPaint, type Paint } from './paint.ts'
import { policyFileOf, readPolicyText } from './read-policy.ts'

type Options = { readonly json?: boolean; readonly strict?: boolean; readonly from?: string }

/** `triage policy check [file]`: every problem of a policy at once, where an editor can jump to it. */
export function addPolicyCheck(policy: Command): void {
  policy
    .command('check')
    .description('read a policy as the service would, and search it for what no support lead wants')
    .argument('[file]', 'policy file (default: POLICY, or the shipped one)')
    .option('--json', 'print problems and findings as JSON')
    .option('--strict', 'warnings fail, too')
    .option('--from <date>', 'look at the eight weeks from this date (default: now)')
    .addHelpText(
      'after',
      `
Each finding shows an example: the facts of a ticket, ready for "cases:", or a minute.

Examples:
  npm run triage -- policy check
  npm run triage -- policy check policies/ours.yaml --strict
  npm run triage -- policy check policies/ours.yaml --json --from 2026-12-01

Exit codes: 0 nothing that blocks, 1 warnings under --strict, 2 errors, which block start and publishing.`,
    )
    .action(async (given: string | undefined, options: Options) => {
      const { file, problems, findings } = await resultsOf(given, startOf(options.from))
      if (options.json === true)
        process.stdout.write(`${JSON.stringify({ file, problems, findings }, null, 2)}\n`)
      else {
        const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
        process.stdout.write(show(file, problems, findings, createPaint(color)))
      }
      const errors = problems.length + findings.filter(({ level }) => level === 'error').length
      if (errors > 0) process.exitCode = 2
      else if (options.strict === true && findings.length > 0) process.exitCode = 1
    })
}

function startOf(from: string | undefined): number {
  const atMs = from === undefined ? Date.now() : Date.parse(from)
  if (Number.isNaN(atMs))
    throw new TriageError(
      'configuration',
      `Cannot read --from: a date such as 2026-12-01 required, got "${from}"`,
    )
  return atMs
}

async function resultsOf(given: string | undefined, fromMs: number) {
  const file = policyFileOf(given)
  return { file, ...checkSource(await readPolicyText(file), file, fromMs) }
}

function show(
  file: string,
  problems: readonly PolicyProblem[],
  findings: readonly LocatedFinding[],
  paint: Paint,
): string {
  const lines = [
    ...problems.map(
      ({ line, column, message }) =>
        `${file}:${line}:${column} ${paint('danger', 'error')} ${message}`,
    ),
    ...findings.flatMap((finding) => showFinding(finding, paint)),
  ]
  const errors = problems.length + findings.filter(({ level }) => level === 'error').length
  const warnings = findings.length - (errors - problems.length)
  const sum =
    errors + warnings === 0
      ? 'no problems'
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`
  return `${[...lines, `${file}: ${sum}`].join('\n')}\n`
}

function showFinding(
  { file, line, column, level, code, message, mend, witness }: LocatedFinding,
  paint: Paint,
): readonly string[] {
  const mark = paint(level === 'error' ? 'danger' : 'warning', level)
  return [
    `${file}:${line}:${column} ${mark} ${message} ${paint('faint', `[${code}]`)}`,
    ...showWitness(witness).map((text) => `    ${text}`),
    `    ${paint('label', 'mend:')} ${mend}`,
    '',
  ]
}

function showWitness(witness: Witness): readonly string[] {
  switch (witness.kind) {
    case 'ticket':
      return [`example: facts: ${flow(witness.facts)}`]
    case 'minute':
    case 'text':
      return [`example: ${witness.sentence}`]
  }
}

/** One line of YAML that can be pasted into a case; what a case has anyway is left out. */
function flow(facts: object): string {
  const told = Object.fromEntries(
    Object.entries(facts).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  )
  return stringify(told, { collectionStyle: 'flow', lineWidth: 0 }).trim()
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
