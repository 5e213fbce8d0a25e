import { TriageError } from '../domain/errors.ts'
import type { Severity, TicketType } from '../domain/labels.ts'
import { SEVERITIES, TYPES } from '../domain/labels.ts'
import { reasonText } from '../domain/review-reasons.ts'
import type { Changes } from '../domain/review-state.ts'
import type { ReviewView } from '../domain/review-view.ts'
import type { ReviewRequest } from '../review.ts'
import type { Form } from './read-form.ts'

/** The verbs that a form can ask for. */
export const VERBS = [
  'claim',
  'renew',
  'release',
  'approve',
  'override',
  'dismiss',
  'answer',
  'undo',
] as const
export type Verb = (typeof VERBS)[number]

/** Minutes that a claim from the desk holds. */
const LEASE_MINUTES = 10
const MAX_MESSAGE = 20_000

/**
 * What a form asks for. An override names what differs from the review and the draft as they stand.
 * @throws TriageError `invalid_request` with a sentence for the person.
 */
export function readCommand(
  verb: Verb,
  form: Form,
  { review, draft }: { readonly review: ReviewView; readonly draft: string | undefined },
): ReviewRequest {
  const version = Number(form.one('version'))
  const seen = Number.isInteger(version) && version > 0 ? { version } : {}
  switch (verb) {
    case 'claim':
    case 'renew':
      return { kind: verb, leaseMinutes: LEASE_MINUTES, ...seen }
    case 'release':
    case 'undo':
    case 'approve':
      return { kind: verb, ...seen }
    case 'override':
      return {
        kind: 'override',
        changes: readChanges(form, review, draft),
        reason: readReason(form),
        ...seen,
      }
    case 'dismiss':
      return {
        kind: 'dismiss',
        severity: readSeverity(form.one('severity')),
        reason: readReason(form),
        ...seen,
      }
    case 'answer': {
      const reason = form.one('reason')
      return {
        kind: 'answer',
        severity: readSeverity(form.one('severity')),
        type: readType(form.one('type')),
        team: form.one('team') ?? missing('A team is required.'),
        ...(reason !== undefined && { reason }),
        ...seen,
      }
    }
  }
}

function readChanges(form: Form, review: ReviewView, draft: string | undefined): Changes {
  const changed = (name: 'severity' | 'type' | 'team' | 'owner' | 'backup') => {
    const value = form.one(name)
    return value === review[name] ? undefined : value
  }
  const [severity, type] = [changed('severity'), changed('type')]
  const [team, owner, backup] = [changed('team'), changed('owner'), changed('backup')]
  const message = readMessage(form, draft)
  const changes: Changes = {
    ...(severity !== undefined && { severity: readSeverity(severity) }),
    ...(type !== undefined && { type: readType(type) }),
    ...(team !== undefined && { team }),
    ...(owner !== undefined && { owner }),
    ...(backup !== undefined && { backup }),
    ...(message !== undefined && { message }),
  }
  if (Object.keys(changes).length === 0)
    throw invalid('Nothing is changed yet. Change a field, or approve it as it is.')
  return changes
}

/** Browsers send line ends as CRLF. */
function readMessage(form: Form, draft: string | undefined): string | undefined {
  if (draft === undefined || !form.has('message')) return undefined
  const message = form.one('message')?.replaceAll('\r\n', '\n')
  if (message === undefined) throw invalid('The message is empty: write one, or leave the draft.')
  if (message === draft.trim()) return undefined
  if (message.length > MAX_MESSAGE)
    throw invalid(`The message is too long: at most ${MAX_MESSAGE} characters`)
  return message
}

function readReason(form: Form): string {
  const reason = reasonText(form.all('chip'), form.one('reason'))
  if (reason === '') throw invalid('A reason is required: pick one or write one.')
  return reason.slice(0, 2_000)
}

function readSeverity(value: string | undefined): Severity {
  const severity = SEVERITIES.find((known) => known === value)
  if (severity === undefined) throw invalid('A severity is required.')
  return severity
}

function readType(value: string | undefined): TicketType {
  const type = TYPES.find((known) => known === value)
  if (type === undefined) throw invalid('A type of the list is required.')
  return type
}

function missing(message: string): never {
  throw invalid(message)
}

const invalid = (message: string) => new TriageError('invalid_request', message)
