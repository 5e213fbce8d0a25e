import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { Decision } from '../domain/decision.ts'
import { TriageError } from '../domain/errors.ts'
import { diagramOf } from '../policy/diagram/graph.ts'
import { toMermaid } from '../policy/diagram/mermaid.ts'
import { toSvg } from '../policy/diagram/svg.ts'
import { findReceipt } from '../store/receipts.ts'
import { withStore } from './with-store.ts'
import { readPolicy } from './read-policy.ts'

type Options = {
  readonly format: 'svg' | 'mermaid'
  readonly out?: string
  readonly decision?: string
}

/** `triage policy diagram [file]`: the procedure as a picture. */
export function addPolicyDiagram(policy: Command): void {
  policy
    .command('diagram')
    .description(
      'draw the procedure: triggers, severities with their times, routes, teams and people',
    )
    .argument('[file]', 'policy file (default: POLICY, or the shipped one)')
    .addOption(
      new Option('--format <format>', 'a self-contained SVG, or Mermaid text for wikis')
        .choices(['svg', 'mermaid'])
        .default('svg'),
    )
    .option('--out <file>', 'write to a file (default: standard output)')
    .option('--decision <id>', 'highlight the way that this stored decision took')
    .addHelpText(
      'after',
      `
Examples:
  npm run triage -- policy diagram --out procedure.svg
  npm run triage -- policy diagram policies/ours.yaml --format mermaid
  npm run triage -- policy diagram --decision e228f56b-… --out this-ticket.svg

A running service draws the same at GET /policy/diagram, and with ?ticket=ID the way of a ticket.`,
    )
    .action(async (given: string | undefined, { format, out, decision }: Options) => {
      const { compiled } = await readPolicy(given)
      const taken = decision === undefined ? undefined : await decisionOf(decision)
      const diagram = diagramOf(compiled, taken)
      const text = format === 'svg' ? toSvg(diagram) : toMermaid(diagram)
      if (out === undefined) process.stdout.write(text)
      else {
        await writeFile(out, text)
        process.stdout.write(`${out}: ${diagram.nodes.length} boxes\n`)
      }
    })
}

function decisionOf(id: string): Promise<Decision> {
  return withStore(async (db) => {
    const found = await findReceipt(db, id)
    if (found === undefined)
      throw new TriageError('not_found', `Cannot find decision ${id} in the store`)
    return found.receipt.decision
  })
}
