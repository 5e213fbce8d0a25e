import { createHash } from 'node:crypto'

let made = 0

/** A UUID that is new in this test file and the same in every run of it: which decisions are sampled follows from their ids. */
export function repeatableId(): string {
  const hex = createHash('sha256').update(`decision ${made++}`).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
