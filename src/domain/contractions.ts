/** Long forms of the endings that follow an apostrophe. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  m: ['am'],
  re: ['are'],
  ll: ['will'],
  ve: ['have'],
  d: ['would', 'had'],
  s: ['is', 'has'],
}
const IRREGULAR_NOT: Readonly<Record<string, string>> = { "won't": 'will', "shan't": 'shall' }

/**
 * How else a contraction is written: as one word (don't, dont) and as two (do not). Pronouns that would become
 * another word (we're → were, i'll → ill, she'd → shed) keep their apostrophe.
 */
export function contractionForms(form: string): {
  readonly single: readonly string[]
  readonly double: readonly (readonly [string, string])[]
} {
  const at = form.lastIndexOf("'")
  if (at <= 0) return { single: [form], double: [] }
  const bare = form.replaceAll("'", '')
  const single = OTHER_WORDS.has(bare) ? [form] : [form, bare]
  if (form.endsWith("n't")) return notForms(form, single)
  const head = form.slice(0, at)
  const tails = ENDINGS[form.slice(at + 1)] ?? []
  return { single, double: tails.map((tail) => [head, tail] as const) }
}

const OTHER_WORDS = new Set(['were', 'ill', 'well', 'shell', 'hell', 'shed', 'wed', 'id', 'its'])

function notForms(form: string, single: readonly string[]) {
  const verb = IRREGULAR_NOT[form] ?? (form === "can't" ? 'can' : form.slice(0, -3))
  const joined = form === "can't" ? [...single, 'cannot'] : single
  return { single: joined, double: [[verb, 'not'] as const] }
}
