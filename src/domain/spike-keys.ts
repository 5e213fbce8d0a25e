import type { Intent } from './labels.ts'
import type { Signals } from './signal.ts'
import { isUnscored } from './signal.ts'
import { contentWords } from './spike-words.ts'
import type { Ticket } from './ticket.ts'

/** Counts everybody who writes, so that a day on which all write more is no spike of anything. */
export const ALL_TRAFFIC = 'all'

/**
 * What a ticket is counted under: its intent, the intent in its region, the attributes that the policy names, its
 * groups of meaning, and its content words and two-word terms. Words need no model, so spikes are found without one.
 * At most 20 keys of at most 64 characters.
 */
export function spikeKeys(
  ticket: Ticket,
  text: string,
  read: {
    readonly signals: Pick<Signals, 'intent' | 'language'>
    /** Groups of meaning of the local model. */
    readonly meaning: readonly string[]
    /** Names of attributes, from the policy. */
    readonly attributes: readonly string[]
  },
): readonly string[] {
  const { stems, terms } = contentWords(text, languageOf(ticket, read.signals))
  const keys = [
    ALL_TRAFFIC,
    ...intentKeys(read.signals, ticket.customer?.region),
    ...read.attributes.slice(0, MAX_ATTRIBUTES).flatMap((name) => attributeKey(ticket, name)),
    ...read.meaning.slice(0, MAX_MEANINGS).map((group) => `meaning:${group}`),
    ...terms.map((term) => `term:${term}`),
    ...stems.map((stem) => `word:${stem}`),
  ]
  return [...new Set(keys.map(bounded))]
}

export const SPIKE_KEY_KINDS = ['intent', 'attribute', 'meaning', 'term', 'word'] as const
export type SpikeKeyKind = (typeof SPIKE_KEY_KINDS)[number]

export function kindOf(key: string): SpikeKeyKind {
  const kind = key.slice(0, key.indexOf(':'))
  return SPIKE_KEY_KINDS.find((known) => known === kind) ?? 'attribute'
}

/** The region that a key is about; undefined for keys of all regions. */
export function regionOf(key: string): string | undefined {
  if (kindOf(key) !== 'intent') return undefined
  const at = key.indexOf('@')
  return at < 0 ? undefined : key.slice(at + 1)
}

/** Words and terms: anybody can invent new ones, so they are admitted, not taken. */
export function isInvented(key: string): boolean {
  return key.startsWith('word:') || key.startsWith('term:')
}

const MAX_ATTRIBUTES = 3
const MAX_MEANINGS = 2
const MAX_KEY = 64

/** Questions, wishes and praise come in waves that are no incident. */
const COUNTED: ReadonlySet<Intent> = new Set<Intent>([
  'outage',
  'bug',
  'account_access',
  'payment_failure',
  'billing_dispute',
  'delivery',
  'service_complaint',
  'security',
])

function intentKeys({ intent }: Pick<Signals, 'intent'>, region: string | undefined) {
  if (isUnscored(intent) || !COUNTED.has(intent.label)) return []
  const key = `intent:${intent.label}`
  return region === undefined ? [key] : [key, `${key}@${region.trim().toLowerCase()}`]
}

function attributeKey({ attributes }: Ticket, name: string): readonly string[] {
  const value = attributes?.[name]
  if (value === undefined || typeof value === 'object') return []
  return [`attribute:${name}=${String(value).trim().toLowerCase()}`]
}

function languageOf(ticket: Ticket, { language }: Pick<Signals, 'language'>): string {
  return ticket.language ?? (isUnscored(language) ? 'en' : language.code)
}

/** A long key keeps its beginning for people and a hash of the rest, so that two of them stay two. */
function bounded(key: string): string {
  if (key.length <= MAX_KEY) return key
  return `${key.slice(0, MAX_KEY - 9)}~${fnv1a(key).toString(16).padStart(8, '0')}`
}

/** FNV-1a, 32 bits: spreads, hides nothing. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}
