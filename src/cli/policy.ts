import type { Command } from 'commander'
import { addPolicyCheck } from './policy-check.ts'

/** `triage policy …`: everything about the escalation SOP. */
export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('look after the escalation SOP')
  addPolicyCheck(policy)
}
