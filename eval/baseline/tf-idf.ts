/** A text as the places and weights of its words; its length is 1, or it is empty. */
export type Vector = { readonly places: readonly number[]; readonly weights: readonly number[] }
export type Vectoriser = {
  readonly size: number
  readonly vectorOf: (text: string) => Vector
}

const LEAST_TEXTS = 2
const MOST_FEATURES = 50_000

/**
 * TF-IDF over words and word pairs, fitted on training texts: weight (1 + ln count) × (ln((1 + n) ÷ (1 + df)) + 1), then
 * scaled to length 1 (scikit-learn's TfidfVectorizer with sublinear_tf). What stands in one text only is left out.
 */
export function fitTfIdf(texts: readonly string[]): Vectoriser {
  const frequency = new Map<string, number>()
  for (const text of texts)
    for (const term of new Set(termsOf(text))) frequency.set(term, (frequency.get(term) ?? 0) + 1)
  const kept = [...frequency]
    .filter(([, count]) => count >= LEAST_TEXTS)
    .toSorted(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, MOST_FEATURES)
  const placeOf = new Map(kept.map(([term], place) => [term, place]))
  const idf = kept.map(([, count]) => Math.log((1 + texts.length) / (1 + count)) + 1)

  return {
    size: kept.length,
    vectorOf: (text) => {
      const counts = new Map<number, number>()
      for (const term of termsOf(text)) {
        const place = placeOf.get(term)
        if (place !== undefined) counts.set(place, (counts.get(place) ?? 0) + 1)
      }
      const places = [...counts.keys()]
      const weights = places.map((place) => (1 + Math.log(counts.get(place)!)) * idf[place]!)
      const length = Math.hypot(...weights)
      return { places, weights: weights.map((weight) => weight / length) }
    },
  }
}

/** Words of two signs or more, in small letters, and the pairs that stand beside each other. */
function termsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}']{2,}/gu) ?? []
  return [...words, ...words.slice(1).map((word, at) => `${words[at]} ${word}`)]
}
