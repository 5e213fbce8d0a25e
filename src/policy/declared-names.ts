import type { FactType } from '../domain/facts.ts'
import type { Policy } from '../domain/policy.ts'

/** What the file declares under `attributes:`, also when other parts of it are wrong. */
export function declaredAttributes(value: unknown): Policy['attributes'] {
  if (value === null || typeof value !== 'object') return {}
  const declared = Object.entries(value).map(([name, attribute]: [string, unknown]) => {
    const { type, doc } = (attribute ?? {}) as { type?: FactType; doc?: string }
    return [name, { type: type ?? 'string', doc: doc ?? '' }] as const
  })
  return Object.fromEntries(declared)
}

/** The ids under `phrases:`, also when other parts of the file are wrong. */
export function declaredPhrases(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  return value
    .map((phrase: unknown) => (phrase as { id?: unknown } | null)?.id)
    .filter((id) => typeof id === 'string')
}
