import type { Command } from 'commander'
import { backtestSource, publishSource, rollBackPolicy } from '../compose/publish-source.ts'
import { listPublications } from '../store/publications.ts'
import { createPaint, type Paint } from './paint.ts'
import { readPolicyText } from './read-policy.ts'
import { renderBacktest } from './render-backtest.ts'
import { withStore } from './with-store.ts'

type By = { readonly by: string; readonly reason: string }
type Json = { readonly json?: boolean }

/** `triage policy backtest | publish | versions | rollback`: how a change of the procedure comes into force. */
export function addPolicyPublish(policy: Command): void {
  policy
    .command('backtest')
    .description('decide the stored tickets again under another policy and show who moves')
    .argument('<file>', 'policy file')
    .option('--limit <tickets>', 'only the newest so many', Number)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Examples:
  npm run triage -- policy backtest policies/ours.yaml
  npm run triage -- policy backtest policies/ours.yaml --limit 10000 --json

Exit codes: 0 within the limits of the new policy, 1 beyond them: it could not be published.`,
    )
    .action(async (file: string, options: Json & { readonly limit?: number }) => {
      const source = await readPolicyText(file)
      const result = await withStore((db) =>
        backtestSource(db, source, file, {
          onProgress: showProgress,
          ...(options.limit !== undefined && { limit: options.limit }),
        }),
      )
      endProgress()
      print(options, result, (paint) => renderBacktest(result, paint))
      if (result.refusals.length > 0) process.exitCode = 1
    })

  policy
    .command('publish')
    .description('put a policy in force: checked, backtested against its own limits, audited')
    .argument('<file>', 'policy file')
    .requiredOption('--by <name>', 'who does it')
    .requiredOption('--reason <text>', 'why')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
A service with POLICY=published decides with it within seconds, without a restart. While the embedded database is in use
by a service, publish through it: POST /policy/publish.

Example:
  npm run triage -- policy publish policies/ours.yaml --by dana --reason "Weekends go to the duty lead"`,
    )
    .action(async (file: string, options: Json & By) => {
      const source = await readPolicyText(file)
      const { by: actor, reason } = options
      const result = await withStore((db) =>
        publishSource(
          db,
          { source, file },
          { actor, reason, now: new Date() },
          { onProgress: showProgress },
        ),
      )
      endProgress()
      print(options, result, (paint) =>
        [
          renderBacktest(result.backtest, paint),
          result.changed ? `In force: ${result.hash.slice(0, 12)}\n` : 'It is in force already.\n',
        ].join('\n'),
      )
    })

  policy
    .command('versions')
    .description('what was put in force, by whom and why')
    .option('--json', 'print as JSON')
    .action(async (options: Json) => {
      const versions = await withStore((db) => listPublications(db))
      print(options, versions, (paint) =>
        versions.length === 0
          ? 'Nothing was published: the service reads its POLICY file.\n'
          : versions
              .map(
                ({ hash, kind, actor, reason, at, id, version }, index) =>
                  `${index === 0 ? paint('strong', '*') : ' '} ${hash.slice(0, 12)}  ${id} ${version}  ${at.slice(0, 16).replace('T', ' ')}  ${kind.replace('_', ' ')} by ${actor}: ${reason}\n`,
              )
              .join(''),
      )
    })

  policy
    .command('rollback')
    .description('put an earlier version in force again (default: the one before the present one)')
    .argument('[hash]', 'its hash, or the first characters of it')
    .requiredOption('--by <name>', 'who does it')
    .requiredOption('--reason <text>', 'why')
    .option('--json', 'print as JSON')
    .action(async (given: string | undefined, options: Json & By) => {
      const { by: actor, reason } = options
      const hash = await withStore((db) =>
        rollBackPolicy(db, given, { actor, reason, now: new Date() }),
      )
      print(options, { hash }, () => `In force: ${hash.slice(0, 12)}\n`)
    })
}

function print({ json }: Json, value: unknown, render: (paint: Paint) => string): void {
  const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
  process.stdout.write(
    json === true ? `${JSON.stringify(value, null, 2)}\n` : render(createPaint(color)),
  )
}

function showProgress(tickets: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${tickets} tickets`)
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
}
