import type { Action } from './decision.ts'
import { PRIORITY_OF_SEVERITY } from './labels.ts'
import type { Changes, ReviewedFields } from './review-state.ts'

/** One proposed action as it is after a person changed the decision. */
export function changeAction(action: Action, before: ReviewedFields, changes: Changes): Action {
  const { severity, team, owner, backup, message } = changes
  switch (action.kind) {
    case 'set_priority':
      return severity === undefined
        ? action
        : { ...action, severity, priority: PRIORITY_OF_SEVERITY[severity] }
    case 'assign':
      return {
        ...action,
        team: team ?? action.team,
        owner: owner ?? action.owner,
        backup: backup ?? action.backup,
      }
    case 'notify': {
      const now = new Map([
        [before.owner, owner ?? before.owner],
        [before.backup, backup ?? before.backup],
      ])
      return {
        ...action,
        people: [...new Set(action.people.map((person) => now.get(person) ?? person))],
      }
    }
    case 'add_tags':
      return { ...action, tags: action.tags.map((tag) => retag(tag, before, changes)) }
    case 'draft_reply':
      return message === undefined ? action : { ...action, body: message }
  }
}

/** `severity-P1`, `severity:P1`, `severity_P1` name a field of the decision and its value; such a tag follows the field. */
function retag(tag: string, before: ReviewedFields, { severity, type, team }: Changes): string {
  const priority = severity === undefined ? undefined : PRIORITY_OF_SEVERITY[severity]
  const was = { ...before, priority: PRIORITY_OF_SEVERITY[before.severity] }
  for (const [slot, value] of Object.entries({ severity, priority, type, team })) {
    const separator = tag.charAt(slot.length)
    const named = `${slot}${separator}${was[slot as keyof typeof was]}`
    if (value !== undefined && /\W|_/.test(separator) && tag === named)
      return `${slot}${separator}${value}`
  }
  return tag
}
