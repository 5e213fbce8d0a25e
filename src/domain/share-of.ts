/**
 * A number from 0 to below 1 that follows from an id and a purpose alone: evenly spread, the same on every machine, and
 * independent between purposes. FNV-1a with the finaliser of MurmurHash3; for sampling, not for secrets.
 */
export function shareOf(id: string, purpose: string): number {
  let hash = 0x811c9dc5
  for (const character of `${purpose}\n${id}`) {
    hash ^= character.codePointAt(0)!
    hash = Math.imul(hash, 0x01000193)
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  hash ^= hash >>> 16
  return (hash >>> 0) / 2 ** 32
}
