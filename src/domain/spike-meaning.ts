/**
 * Groups of meaning from a text's unit vector by cross-polytope hashing (Andoni, Indyk, Laarhoven, Razenshteyn and
 * Schmidt 2015): rotate at random, name the nearest of the axes and their opposites. The rotation is fixed, three
 * rounds of seeded signs and a Hadamard transform, so a text has the same groups everywhere and for ever. Similar
 * texts mostly share one of their groups: at cosine 0.9 two in three, at 0 one in sixty. There are twice as many groups as
 * dimensions for each of the rotations, and no more.
 */
export function meaningGroups(vector: readonly number[]): readonly string[] {
  return Array.from({ length: ROTATIONS }, (_, rotation) => {
    const rotated = rotate(vector, rotation)
    let at = 0
    for (let axis = 1; axis < rotated.length; axis++)
      if (Math.abs(rotated[axis]!) > Math.abs(rotated[at]!)) at = axis
    return `${rotation + 1}${rotated[at]! < 0 ? '-' : '+'}${at}`
  })
}

const ROTATIONS = 2
const ROUNDS = 3

function rotate(vector: readonly number[], rotation: number): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, vector.length)))
  const values = new Float64Array(size)
  values.set(vector)
  for (let round = 0; round < ROUNDS; round++) {
    const next = bits(rotation * ROUNDS + round + 1)
    for (let at = 0; at < size; at++) if (next()) values[at] = -values[at]!
    hadamard(values)
  }
  return values
}

/** The fast Walsh-Hadamard transform in place; not scaled, which changes no order. */
function hadamard(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2)
    for (let start = 0; start < values.length; start += half * 2)
      for (let at = start; at < start + half; at++) {
        const [left, right] = [values[at]!, values[at + half]!]
        values[at] = left + right
        values[at + half] = left - right
      }
}

/** Xorshift (Marsaglia 2003): the same signs on every machine. */
function bits(seed: number): () => boolean {
  let state = Math.imul(seed, 0x9e3779b9) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state & 0x10000) !== 0
  }
}
