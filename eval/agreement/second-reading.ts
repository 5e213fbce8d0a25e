import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { INTENTS, PRIORITIES } from '../../src/domain/labels.ts'
import { ticketText } from '../../src/domain/ticket.ts'
import { readJsonl } from '../import/read-jsonl.ts'
import { createRandom, shuffled } from '../metrics/random.ts'
import type { EvalCase } from '../suite/eval-case.ts'
import { SUITES_FOLDER } from '../suite/read-suite.ts'
import type { Suite } from '../suite/suite-definition.ts'

const SEED = 29

/** What somebody wrote who saw the text and the label guide and nothing else. */
export const readingSchema = z.strictObject({
  case: z.string(),
  priority: z.enum(PRIORITIES).optional(),
  intent: z.enum(INTENTS).optional(),
  language: z.string().optional(),
})
export type Reading = z.output<typeof readingSchema>

/** The cases that are read a second time: the same share of every suite, the same ones for everybody. */
export function sampleForReading(cases: readonly EvalCase[], share: number): readonly EvalCase[] {
  const least = Math.ceil(cases.length * share)
  return shuffled(cases, createRandom(SEED)).slice(0, least)
}

/** A case as a second reader sees it: its words, and what the platform knows about it; nothing that was expected. */
export function blindLine(suite: string, { id, ticket, says }: EvalCase): object {
  const { id: _id, subject: _subject, body: _body, ...known } = ticket
  return { suite, case: id, text: ticketText(ticket), known, ...(says && { says }) }
}

/** `second-reading.jsonl` beside the cases; empty where nobody has read a second time. */
export async function readSecondReading({ definition }: Suite): Promise<readonly Reading[]> {
  const file = join(SUITES_FOLDER, definition.id, 'second-reading.jsonl')
  const exists = await readFile(file).then(
    () => true,
    () => false,
  )
  return exists ? readJsonl(file, readingSchema) : []
}
