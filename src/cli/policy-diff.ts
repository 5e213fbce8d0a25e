import type { Command } from 'commander'
import { diffPolicies, type PolicyDiff } from '../policy/diff.ts'
import { createPaint, type Paint } from './paint.ts'
import { readPolicy } from './read-policy.ts'

/** `triage policy diff A B`: what a change of the procedure changes. */
export function addPolicyDiff(policy: Command): void {
  policy
    .command('diff')
    .description(
      'name what differs between two policies, and the example tickets that they decide otherwise',
    )
    .argument('<before>', 'policy file')
    .argument('<after>', 'policy file')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Examples:
  npm run triage -- policy diff policies/saas.yaml policies/ours.yaml
  git show HEAD~1:policies/ours.yaml > before.yaml && npm run triage -- policy diff before.yaml policies/ours.yaml

Exit codes: 0 no difference, 1 they differ.`,
    )
    .action(async (before: string, after: string, options: { readonly json?: boolean }) => {
      const diff = diffPolicies(
        (await readPolicy(before)).compiled,
        (await readPolicy(after)).compiled,
      )
      const paint = createPaint(process.stdout.isTTY && process.env['NO_COLOR'] === undefined)
      process.stdout.write(
        options.json === true ? `${JSON.stringify(diff, null, 2)}\n` : show(diff, paint),
      )
      if (diff.changes.length + diff.cases.length > 0) process.exitCode = 1
    })
}

const MARKS = { added: '+', removed: '-', changed: '~' } as const

function show({ changes, cases }: PolicyDiff, paint: Paint): string {
  const sections = [...new Set(changes.map(({ section }) => section))]
  const lines = sections.flatMap((section) => [
    paint('heading', section),
    ...changes
      .filter((change) => change.section === section)
      .flatMap(({ kind, name, details }) => [
        `  ${MARKS[kind]} ${name}`,
        ...details.map((detail) => `      ${detail}`),
      ]),
    '',
  ])
  const decided = cases.flatMap(({ id, details }) => [`  ${id}: ${details.join(', ')}`])
  return [
    ...lines,
    paint('heading', 'example tickets decided otherwise'),
    ...(decided.length === 0 ? ['  none'] : decided),
    '',
  ].join('\n')
}
