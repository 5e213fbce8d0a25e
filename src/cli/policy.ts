import type { Command } from 'commander'
import { addPolicyCheck } from './policy-check.ts'
import { addPolicyDiagram } from './policy-diagram.ts'
import { addPolicyDiff } from './policy-diff.ts'
import { addPolicyPrint } from './policy-print.ts'
import { addPolicyPublish } from './policy-publish.ts'
import { addPolicyTest } from './policy-test.ts'
import { addPolicyLanguage } from './policy-language.ts'

/** `triage policy …`: everything about the escalation SOP. */
export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('look after the escalation SOP')
  addPolicyCheck(policy)
  addPolicyTest(policy)
  addPolicyDiagram(policy)
  addPolicyPrint(policy)
  addPolicyDiff(policy)
  addPolicyPublish(policy)
  addPolicyLanguage(policy)
}
