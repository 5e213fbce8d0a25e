import { LlmFailure } from './failure.ts'

const TRIES = 8
const SHAPE = /^[A-Za-z0-9-]{8,64}$/

/**
 * A boundary that the text does not contain, so that no ticket can close its own quotation. Nobody can guess the next
 * one; a collision means chance or a broken source of randomness, and after eight of them the text is not sent.
 * @throws LlmFailure `no_boundary`
 */
export function freeBoundary(text: string, newBoundary: () => string): string {
  const lower = text.toLowerCase()
  for (let tried = 0; tried < TRIES; tried++) {
    const boundary = newBoundary()
    if (SHAPE.test(boundary) && !lower.includes(boundary.toLowerCase())) return boundary
  }
  throw new LlmFailure('no_boundary', 'no boundary found that is not in the text')
}
