import type { Confident } from './signal.ts'

/** How sure an LLM says it is. Three words, because stated percentages are invented digits. */
export const STATED = ['sure', 'likely', 'unsure'] as const
export type Stated = (typeof STATED)[number]

/** What each of the words is worth, as measured for one model and prompt on labelled tickets. */
export type Calibration = Readonly<Record<Stated, Confident>>
