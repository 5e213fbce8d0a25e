import { createHash } from 'node:crypto'
import { TriageError } from '../../domain/errors.ts'
import { SCHEMA_HASH } from './answer-schema.ts'

export type PromptMessage = {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** A versioned prompt, parsed: everything but the ticket is fixed. */
export type PromptTemplate = {
  readonly id: string
  readonly version: string
  readonly purpose: string
  /** First 12 hex digits of the SHA-256 of the whole file. */
  readonly hash: string
  /** Instructions and worked cases, the same for every ticket, so that servers can cache their prefix. */
  readonly fixed: readonly PromptMessage[]
  /** The last message, with the slots `{{boundary}}` and `{{ticket}}`. */
  readonly ticket: string
}

/**
 * Parses a file of `prompts/`: a header, then the sections `# system`, pairs of `# case` and `# answer`, and `# ticket`.
 * @throws TriageError `configuration` when a part is missing or the prompt was written for another answer schema.
 */
export function parsePrompt(file: string): PromptTemplate {
  const text = file.replaceAll('\r\n', '\n')
  const [, header, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? []
  if (header === undefined || body === undefined) throw unusable('the header is missing')
  const { id, version, purpose, schema } = parseHeader(header)
  if (schema !== SCHEMA_HASH)
    throw unusable(`it is written for schema ${schema}, the service asks for ${SCHEMA_HASH}`)

  const sections = readSections(body)
  const system = sections.find(({ name }) => name === 'system')
  const ticket = sections.find(({ name }) => name === 'ticket')
  if (system === undefined || ticket === undefined)
    throw unusable('the sections system and ticket are required')
  for (const slot of ['{{boundary}}', '{{ticket}}'])
    if (!ticket.text.includes(slot)) throw unusable(`the section ticket has no ${slot}`)
  return {
    id,
    version,
    purpose,
    hash: createHash('sha256').update(text).digest('hex').slice(0, 12),
    fixed: [{ role: 'system', content: system.text }, ...readCases(sections, ticket.text)],
    ticket: ticket.text,
  }
}

/** The messages for one ticket. Static parts first and the ticket last: the order that prompt caching needs. */
export function renderPrompt(
  template: PromptTemplate,
  { boundary, text }: { readonly boundary: string; readonly text: string },
): readonly PromptMessage[] {
  return [...template.fixed, { role: 'user', content: fillTicket(template.ticket, boundary, text) }]
}

/** One pass: slots that a ticket spells out stay what they are, its own words. */
function fillTicket(section: string, boundary: string, text: string): string {
  return section.replace(/\{\{(boundary|ticket)\}\}/g, (_, slot) =>
    slot === 'boundary' ? boundary : text,
  )
}

const HEADER = ['id', 'version', 'purpose', 'schema'] as const

function parseHeader(header: string): Readonly<Record<(typeof HEADER)[number], string>> {
  const pairs = header.split('\n').map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const
  })
  const values = Object.fromEntries(pairs)
  const missing = HEADER.filter((name) => !values[name])
  if (missing.length > 0) throw unusable(`the header lacks ${missing.join(', ')}`)
  return values as Record<(typeof HEADER)[number], string>
}

type Section = { readonly name: string; readonly text: string }

function readSections(body: string): readonly Section[] {
  const parts = body.split(/^# (system|case|answer|ticket)$/m).slice(1)
  const sections: Section[] = []
  for (let at = 0; at < parts.length; at += 2)
    sections.push({ name: parts[at]!, text: parts[at + 1]!.trim() })
  return sections
}

/** A case looks exactly like a ticket, with a boundary of its own that is the same in every call. */
function readCases(sections: readonly Section[], ticket: string): readonly PromptMessage[] {
  const messages: PromptMessage[] = []
  sections.forEach(({ name, text }, at) => {
    if (name !== 'case') return
    const answer = sections[at + 1]
    if (answer?.name !== 'answer') throw unusable('a case has no answer')
    const number = String(messages.length / 2 + 1).padStart(2, '0')
    messages.push(
      { role: 'user', content: fillTicket(ticket, `worked-case-${number}`, text) },
      { role: 'assistant', content: answer.text },
    )
  })
  return messages
}

const unusable = (why: string) =>
  new TriageError('configuration', `Cannot use the prompt file: ${why}`)
