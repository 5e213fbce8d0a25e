import { z } from 'zod'
import { METRIC_NAMES } from '../summary/metric-names.ts'
import { SLICE_NAMES } from '../summary/slices.ts'
import type { EvalCase } from './eval-case.ts'

const gate = z
  .strictObject({
    metric: z.enum(METRIC_NAMES),
    at_least: z.number().optional(),
    at_most: z.number().optional(),
    /** Only the cases that have these values; none at all fails. */
    slice: z
      .partialRecord(z.enum(SLICE_NAMES), z.string())
      .refine((slice) => Object.keys(slice).length > 0, 'a slice names at least one value')
      .optional(),
    because: z.string().optional(),
  })
  .refine(
    ({ at_least, at_most }) => at_least !== undefined || at_most !== undefined,
    'at_least or at_most is required: a gate without a bound always holds',
  )

/** `suite.yaml`: what the suite is for, when it is, which figures it must reach. */
export const suiteSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  purpose: z.string(),
  cases: z.string().default('cases.jsonl'),
  /** The instant of every decision, so that owners and clocks are the same on every run. */
  now: z.iso.datetime({ offset: true }).default('2026-03-04T15:00:00Z'),
  gates: z.array(gate),
  /** Folder of a stored run, from here, that every run of the suite is compared with. */
  baseline: z.string().optional(),
})

export type SuiteDefinition = z.output<typeof suiteSchema>
export type Gate = SuiteDefinition['gates'][number]
export type Suite = {
  readonly definition: SuiteDefinition
  readonly cases: readonly EvalCase[]
  /** Where the stored run lies that it is compared with. */
  readonly baseline?: string
  /** The same said in other words, by the id of the case. */
  readonly paraphrases?: ReadonlyMap<string, string>
}
