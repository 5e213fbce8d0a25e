import type { Command } from 'commander'
import { TriageError } from '../domain/errors.ts'
import { listDeadLetters, resendDeadLetters } from '../store/deliveries.ts'
import { withStore } from './with-store.ts'

const ACTOR = 'cli'

/** `triage outbox list|resend`: what no endpoint took after the last try. */
export function addOutbox(program: Command): void {
  const outbox = program
    .command('outbox')
    .description('look after events that could not be delivered')
    .addHelpText(
      'after',
      `
Examples:
  npm run triage -- outbox list
  npm run triage -- outbox resend 1042 1043
  npm run triage -- outbox resend --all

An event is given up after ten tries over three days, or when its endpoint answers 410.
On the embedded database the service must not run at the same time.`,
    )

  outbox
    .command('list')
    .description('deliveries that were given up, newest first')
    .option('--json', 'print as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const dead = await withStore(listDeadLetters)
      if (json === true) return void process.stdout.write(`${JSON.stringify(dead, null, 2)}\n`)
      if (dead.length === 0) process.stdout.write('Nothing was given up\n')
      for (const { id, type, ticketId, seq, webhookId, attempts, lastError } of dead)
        process.stdout.write(
          `${id}  ${type}  ticket ${ticketId} #${seq}  webhook ${webhookId}  ${attempts} tries  ${lastError ?? ''}\n`,
        )
    })

  outbox
    .command('resend')
    .description('send again, from the first try')
    .argument('[ids...]', 'from "outbox list"')
    .option('--all', 'everything that was given up')
    .action(async (ids: readonly string[], { all }: { all?: boolean }) => {
      const which = all === true ? 'all' : numbersOf(ids)
      const count = await withStore((db) =>
        resendDeadLetters(db, { ids: which, actor: ACTOR, now: new Date() }),
      )
      if (count === 0 && which !== 'all')
        throw new TriageError('not_found', 'Cannot resend: none of these was given up')
      process.stdout.write(`${count} on their way again\n`)
    })
}

function numbersOf(ids: readonly string[]): readonly number[] {
  if (ids.length === 0 || !ids.every((id) => /^\d{1,15}$/.test(id)))
    throw new TriageError(
      'invalid_request',
      'Cannot resend: numbers from "outbox list", or --all, are required',
    )
  return ids.map(Number)
}
