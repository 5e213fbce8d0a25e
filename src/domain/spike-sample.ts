import { fnv1a, isInvented } from './spike-keys.ts'

/** Below this the customers of a key are all there, and counted exactly. */
export const EXACT_ROWS = 96
const ROWS_PER_LEVEL = 20
const LEVELS = 5
/** Each level keeps one customer in eight of the level below. */
const LEVEL_BITS = 3

/** How many rows a key may have in a window; what is read for it is bounded by this. They stand for 700,000 customers. */
export const MAX_ROWS = EXACT_ROWS + LEVELS * ROWS_PER_LEVEL

/** Below this many customers in a window every new word is followed. */
const ADMIT_ALL = 4_096

/**
 * How many customers the row of this one stands for under a key, or null when it is left out. Distinct sampling
 * (Gibbons 2001): once a key has many rows, only customers whose hash ends in enough zeros are kept, each standing for
 * as many as were left out, so the sum stays right on average and a customer who comes again changes nothing. New
 * words of very busy services are admitted by chance until they recur (sticky sampling, Manku and Motwani 2002).
 */
export function sampleWeight(
  key: string,
  customer: bigint,
  seen: {
    /** Rows of the key in the window. */
    readonly rows: number
    /** Customers of all keys in the window. */
    readonly traffic: number
  },
): number | null {
  if (seen.rows >= MAX_ROWS) return null
  if (seen.rows === 0 && isInvented(key) && !isAdmitted(key, customer, seen.traffic)) return null
  if (seen.rows < EXACT_ROWS) return 1
  const level = 1 + Math.floor((seen.rows - EXACT_ROWS) / ROWS_PER_LEVEL)
  const kept = 1n << BigInt(level * LEVEL_BITS)
  return BigInt.asUintN(64, customer) % kept === 0n ? Number(kept) : null
}

function isAdmitted(key: string, customer: bigint, traffic: number): boolean {
  if (traffic <= ADMIT_ALL) return true
  const oneIn = 2 ** Math.ceil(Math.log2(traffic / ADMIT_ALL))
  return fnv1a(`${customer} ${key}`) % oneIn === 0
}
