import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { TriageError } from '../domain/errors.ts'
import { splitOf } from '../domain/review-split.ts'
import { readDecidedReviews } from '../store/export-reviews.ts'
import { exportedLine } from './exported-line.ts'
import { withStore } from './with-store.ts'

type Options = { readonly out: string; readonly original?: boolean; readonly testFrom?: string }

/** `triage reviews export`: what people decided, as labelled cases for the evals. */
export function addReviews(program: Command): void {
  const reviews = program.command('reviews').description('use what reviewers decided')
  reviews
    .command('export')
    .description('write every decided review as a labelled case, split by customer and time')
    .requiredOption('--out <folder>', 'gets train.jsonl and test.jsonl')
    .option('--test-from <date>', 'tests are decided from this day on, training before it')
    .option(
      '--original',
      'tickets as customers sent them instead of redacted text with the fields that the rules read',
    )
    .addHelpText(
      'after',
      `
Examples:
  npm run triage -- reviews export --out exported
  npm run triage -- reviews export --out exported --test-from 2026-10-01
  npm run eval -- import exported/test.jsonl --help

A customer is in one file only. Nobody decided is no case: silence is not agreement.
On the embedded database the service must not run at the same time.`,
    )
    .action(async ({ out, original = false, testFrom }: Options) => {
      const from = dateOf(testFrom)
      await withStore(async (db) => {
        await mkdir(out, { recursive: true })
        const files = {
          train: await open(join(out, 'train.jsonl'), 'w'),
          test: await open(join(out, 'test.jsonl'), 'w'),
        }
        const counts = { train: 0, test: 0, neither: 0 }
        for await (const review of readDecidedReviews(db)) {
          const split = splitOf(review, from)
          counts[split] += 1
          if (split !== 'neither')
            await files[split].write(`${JSON.stringify(exportedLine(review, original))}\n`)
        }
        await Promise.all(Object.values(files).map((file) => file.close()))
        process.stdout.write(
          `${counts.train} in train.jsonl, ${counts.test} in test.jsonl, ${counts.neither} in neither\n`,
        )
      })
    })
}

function dateOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const date = new Date(text)
  if (Number.isNaN(date.getTime()))
    throw new TriageError('invalid_request', 'Cannot read --test-from: a date like 2026-10-01')
  return date
}
