import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { toPage } from '../policy/print/page.ts'
import { readPolicy } from './read-policy.ts'

/** `triage policy print [file]`: the procedure as one page for the wall. */
export function addPolicyPrint(policy: Command): void {
  policy
    .command('print')
    .description(
      'write the procedure as one HTML page that prints well, with what to do by hand when the service is down',
    )
    .argument('[file]', 'policy file (default: POLICY, or the shipped one)')
    .option('--out <file>', 'write to a file (default: standard output)')
    .addHelpText(
      'after',
      `
Examples:
  npm run triage -- policy print --out procedure.html
  npm run triage -- policy print policies/ours.yaml > procedure.html`,
    )
    .action(async (given: string | undefined, { out }: { readonly out?: string }) => {
      const { compiled } = await readPolicy(given)
      const page = await toPage(compiled)
      if (out === undefined) process.stdout.write(page)
      else {
        await writeFile(out, page)
        process.stdout.write(`${out}: open it in a browser and print it\n`)
      }
    })
}
