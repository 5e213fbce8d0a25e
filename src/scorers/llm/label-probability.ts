/** One generated token with its natural-log probability, as `logprobs.content` gives it. */
export type TokenProbability = { readonly token: string; readonly logprob: number }

/** Fields of the answer whose value is one label, so that the probability of its tokens means something. */
export const LABEL_FIELDS = ['sentiment', 'urgency', 'intent', 'priority'] as const
export type LabelField = (typeof LABEL_FIELDS)[number]

/**
 * How probable the model found each label while writing it: the product over the tokens that carry the value. Empty
 * when the tokens do not spell the content (some servers leave bytes out), because then no token can be placed.
 */
export function labelProbabilities(
  content: string,
  tokens: readonly TokenProbability[],
): Readonly<Partial<Record<LabelField, number>>> {
  if (tokens.map(({ token }) => token).join('') !== content) return {}
  const found: Partial<Record<LabelField, number>> = {}
  for (const field of LABEL_FIELDS) {
    // `confidence` has members of the same names with a stated word as value.
    const value = new RegExp(`"${field}"\\s*:\\s*"?(?!sure|likely|unsure)([a-z_0-9-]+)`).exec(
      content,
    )
    if (value === null) continue
    const end = value.index + value[0].length
    found[field] = probabilityOf(tokens, end - value[1]!.length, end)
  }
  return found
}

function probabilityOf(tokens: readonly TokenProbability[], start: number, end: number): number {
  let at = 0
  let sum = 0
  for (const { token, logprob } of tokens) {
    const next = at + token.length
    if (next > start && at < end) sum += logprob
    at = next
  }
  return Math.exp(Math.min(0, sum))
}
