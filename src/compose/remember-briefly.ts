/**
 * The result of `read`, asked again at most every `forMs`. Callers while it is being read wait for the same answer;
 * a failure is not kept.
 */
export function rememberBriefly<T>(
  read: () => Promise<T>,
  forMs: number,
  elapsedMs: () => number,
): () => Promise<T> {
  let known: { readonly value: Promise<T>; readonly at: number } | undefined
  return () => {
    if (known !== undefined && elapsedMs() - known.at < forMs) return known.value
    const value = read()
    const mine = { value, at: elapsedMs() }
    known = mine
    value.catch(() => {
      if (known === mine) known = undefined
    })
    return value
  }
}

/** The same by key, for at most `most` keys; the oldest is forgotten first. */
export function rememberEachBriefly<T>(
  read: (key: string) => Promise<T>,
  options: { readonly forMs: number; readonly most: number; readonly elapsedMs: () => number },
): (key: string) => Promise<T> {
  const known = new Map<string, () => Promise<T>>()
  return (key) => {
    let entry = known.get(key)
    if (entry === undefined) {
      if (known.size >= options.most) known.delete(known.keys().next().value!)
      entry = rememberBriefly(() => read(key), options.forMs, options.elapsedMs)
      known.set(key, entry)
    }
    return entry()
  }
}
