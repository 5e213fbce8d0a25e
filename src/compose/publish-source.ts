import type { CompiledPolicy } from '../domain/compile-policy.ts'
import { TriageError } from '../domain/errors.ts'
import { backtest, type Backtest, type BacktestOptions } from '../policy/backtest/backtest.ts'
import { EXERCISE_CALLER } from '../plant-exercise.ts'
import type { Db } from '../store/db.ts'
import { findPolicy, rememberPolicy } from '../store/policies.ts'
import { listPublications, publishPolicy, type Publication } from '../store/publications.ts'
import { readEarlierReceipts, readStandingReceipts } from '../store/receipts.ts'
import type { SourceCheck } from './check-source.ts'
import { compileSource, refuseErrors, requireNoErrors } from './compile-source.ts'
import { phraseReader } from './read-phrases.ts'

export type BacktestSourceOptions = Pick<BacktestOptions, 'onProgress' | 'examples'> & {
  /** At most so many of the newest tickets. */
  readonly limit?: number
  /** Tickets read at a time; other work gets its turn between. */
  readonly page?: number
}

/** Finds the errors that refuse a policy, where that should not happen here (it takes a second of a core). */
type CheckElsewhere = (source: string) => Promise<SourceCheck>

/** What a policy text would have made of the stored tickets. @throws TriageError `invalid_policy`. */
export function backtestSource(
  db: Db,
  source: string,
  file: string,
  options: BacktestSourceOptions = {},
): Promise<Backtest> {
  return backtestPolicy(db, compileSource(source, file), options)
}

function backtestPolicy(
  db: Db,
  compiled: CompiledPolicy,
  { limit, page, ...options }: BacktestSourceOptions,
): Promise<Backtest> {
  const receipts = readStandingReceipts(db, {
    // Planted items with a known answer are no tickets of customers.
    without: EXERCISE_CALLER,
    ...(limit !== undefined && { limit }),
    ...(page !== undefined && { page }),
  })
  return backtest(receipts, compiled, {
    ...options,
    readPhrases: phraseReader(compiled.policy),
    readEarlier: (receipt) => readEarlierReceipts(db, receipt),
  })
}

export type Published = {
  readonly hash: string
  readonly changed: boolean
  readonly backtest: Backtest
}
type By = { readonly actor: string; readonly reason: string; readonly now: Date }

/**
 * Puts a policy in force: errors of the check and limits of the policy that its backtest breaks refuse it.
 * @throws TriageError `invalid_policy` with the problems, or `conflict` with `refusals` and the backtest.
 */
export async function publishSource(
  db: Db,
  { source, file }: { readonly source: string; readonly file: string },
  by: By,
  { check, ...options }: BacktestSourceOptions & { readonly check?: CheckElsewhere } = {},
): Promise<Published> {
  const compiled = compileSource(source, file)
  if (check === undefined) requireNoErrors(source, file, compiled, by.now.getTime())
  else refuseErrors(file, (await check(source)).findings)
  const result = await backtestPolicy(db, compiled, options)
  if (result.refusals.length > 0)
    throw new TriageError('conflict', `Cannot publish this policy: ${result.refusals.join('; ')}`, {
      detail: { refusals: result.refusals, backtest: result },
    })
  const { hash } = compiled.policy
  await rememberPolicy(db, { hash, source, parsed: compiled.policy }, by.now)
  const { actor, reason, now } = by
  const changed = await publishPolicy(db, { hash, kind: 'published', actor, reason, now })
  return { hash, changed, backtest: result }
}

/**
 * Puts an earlier version in force again: the one named, or the one before the present one. Its limits are not asked:
 * going back must always be possible.
 * @throws TriageError `not_found` when there is no such version, `conflict` when it is in force already.
 */
export async function rollBackPolicy(db: Db, given: string | undefined, by: By): Promise<string> {
  const history = await listPublications(db)
  const hash = given === undefined ? hashBefore(history) : await wholeHash(db, given, history)
  if (hash === undefined)
    throw new TriageError('not_found', 'Cannot roll back: no earlier version was published')
  const { actor, reason, now } = by
  if (!(await publishPolicy(db, { hash, kind: 'rolled_back', actor, reason, now })))
    throw new TriageError('conflict', `Cannot roll back: ${hash.slice(0, 12)} is in force already`)
  return hash
}

/** What one more step back leads to: a version that was gone back over is behind nobody any more. */
function hashBefore(history: readonly Publication[]): string | undefined {
  const line: string[] = []
  for (const { hash, kind } of history.toReversed()) {
    const place = kind === 'rolled_back' ? line.lastIndexOf(hash) : -1
    if (place === -1) line.push(hash)
    else line.length = place + 1
  }
  return line.at(-2)
}

/** People copy the first characters of a hash. */
async function wholeHash(
  db: Db,
  given: string,
  history: readonly { readonly hash: string }[],
): Promise<string | undefined> {
  const published = history.find(({ hash }) => hash.startsWith(given) && given.length >= 6)
  return published?.hash ?? (await findPolicy(db, given))?.hash
}
