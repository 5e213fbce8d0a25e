import type { Command } from 'commander'
import { policyJsonSchema } from '../policy/json-schema.ts'
import { policyReference } from '../policy/reference.ts'

/** `triage policy schema` and `triage policy reference`: the language, for editors and for people. */
export function addPolicyLanguage(policy: Command): void {
  policy
    .command('schema')
    .description('print the JSON Schema of policy files, for completion in editors')
    .addHelpText('after', '\nExample:\n  npm run -s triage -- policy schema > policy.schema.json')
    .action(() => {
      process.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`)
    })
  policy
    .command('reference')
    .description('print the reference of the policy language as Markdown')
    .addHelpText('after', '\nExample:\n  npm run -s triage -- policy reference | less')
    .action(() => {
      process.stdout.write(policyReference())
    })
}
