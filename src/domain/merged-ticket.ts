import { toIso } from './clock.ts'
import type { Happening } from './happening.ts'
import { storyOf } from './run-clocks.ts'

type Told = { readonly clockStart: string; readonly happened: readonly Happening[] }

/** What a ticket hands on to the one that it goes on as, with what it took over itself from others. */
export function handedOn({
  clockStart,
  happened,
}: Told): Pick<Happening, 'openedAt' | 'answeredAt' | 'lastAnsweredAt'> {
  const { startMs, firstAnswerMs, lastAnswerMs } = storyOf(Date.parse(clockStart), happened)
  return {
    openedAt: toIso(startMs),
    ...(firstAnswerMs !== null && { answeredAt: toIso(firstAnswerMs) }),
    ...(lastAnswerMs !== null && { lastAnsweredAt: toIso(lastAnswerMs) }),
  }
}

/** It goes on as part of another ticket, and was not taken out of it again. */
export function isMerged({ clockStart, happened }: Told): boolean {
  return storyOf(Date.parse(clockStart), happened).mergedMs !== null
}
