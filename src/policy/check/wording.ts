import type { Policy } from '../../domain/policy.ts'
import type { Finding } from './finding.ts'

/** What a customer is sent; the hand-over goes to a colleague. */
const TO_CUSTOMERS = ['acknowledgement', 'progress', 'resolution', 'incident'] as const

/** Our words for our own work, which say nothing to a customer. */
const JARGON =
  /\{(?:severity|priority|type)\}|\b(?:[PS][0-4]|sev ?[0-4]|L[1-4]|SLA|SOP|RCA|MTTR|KPI|SME|tier [1-4]|root[ -]cause|post[ -]?mortem|triaged?|back[ -]?log(?:ged)?|backend|escalation (?:level|matrix|path)|out of scope|hot ?fix|deployment|ticket queue|stakeholders?)\b/gi

/** Somebody of ours, or the customer, is said to have done it. */
const BLAME =
  /\b(?:our|the|another) (?:\w+ )?(?:team|department|colleagues?|engineers?|developers?|supplier|vendor|provider)s? (?:\w+ )?(?:failed|forgot|broke|caused|messed|made (?:a|the) mistake|did not|didn't|should have)\b|\b(?:was|is|were|are) (?:not our|(?:the|your|their) (?:\w+ )?(?:team's )?) ?(?:fault|mistake)\b|\bnot our (?:fault|mistake|responsibility)\b|\b(?:human|user|operator) error\b|\bas (?:we|you were) already (?:said|told|explained)\b|\byou (?:failed|forgot|should have|did not|didn't) \b/gi

const FAULTS = [
  {
    code: 'message-jargon',
    pattern: JARGON,
    says: (word: string) => `A customer does not know what "${word}" means`,
    mend: 'Say it in the words of the customer, or leave it out',
  },
  {
    code: 'message-blame',
    pattern: BLAME,
    says: (word: string) => `"${word}" puts the blame on somebody`,
    mend: 'Say what happens next; whose mistake it was helps no customer',
  },
] as const

/** Messages to customers are in their words and blame nobody. */
export function checkWording({ messages }: Policy): readonly Finding[] {
  return TO_CUSTOMERS.flatMap((kind) => {
    const text = messages[kind] ?? ''
    return FAULTS.flatMap(({ code, pattern, says, mend }) =>
      words(text, pattern).map((word): Finding => ({
        code,
        level: 'warning',
        path: ['messages', kind],
        message: says(word),
        mend,
        witness: { kind: 'text', sentence: around(text, word) },
      })),
    )
  })
}

function words(text: string, pattern: RegExp): readonly string[] {
  return [...new Set(Array.from(text.matchAll(pattern), ([found]) => found.trim()))]
}

/** The line that it stands in. */
function around(text: string, word: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.includes(word))
      ?.trim() ?? word
  )
}
