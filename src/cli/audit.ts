import { once } from 'node:events'
import type { Command } from 'commander'
import { TriageError } from '../domain/errors.ts'
import { readAudit } from '../store/read-audit.ts'
import { seal, verifyChain } from '../store/seal.ts'
import { withStore } from './with-store.ts'

/** `triage audit verify`: proves that no decision, answer or audit entry was changed or removed since it was sealed. */
export function addAudit(program: Command): void {
  const audit = program.command('audit').description('look after the audit chain')
  audit
    .command('export')
    .description('print every entry with its place in the chain, one JSON object a line')
    .addHelpText(
      'after',
      '\nExample:\n  npm run -s triage -- audit export > audit.jsonl\n\nWho did what to which ticket, before and after, why, and when; "audit verify" proves that it is complete.',
    )
    .action(exportAudit)
  audit
    .command('verify')
    .description('read the whole chain and name its first break')
    .option(
      '--anchor <position:hash>',
      'a head noted earlier; shows even a chain that was cut and rebuilt',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run triage -- audit verify\n  npm run triage -- audit verify --anchor 1042:9f3c… --json\n\nExit code 3 when the chain is broken.',
    )
    .action(async ({ anchor, json }: { anchor?: string; json?: boolean }) => {
      await withStore(async (db) => {
        while ((await seal(db, new Date())) > 0);
        const report = await verifyChain(db, parseAnchor(anchor))
        if (json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
        else if (report.ok)
          process.stdout.write(
            `The chain holds: ${report.entries} entries, ${report.unsealed} not sealed yet\nHead ${report.head.position}:${report.head.hash}\n`,
          )
        if (!report.ok) {
          const { kind, position, what } = report.firstBreak
          throw new TriageError(
            'integrity',
            `The chain is broken at ${position}: ${what} is ${kind}`,
          )
        }
      })
    })
}

async function exportAudit(): Promise<void> {
  await withStore(async (db) => {
    while ((await seal(db, new Date())) > 0);
    for await (const entry of readAudit(db)) await print(`${JSON.stringify(entry)}\n`)
  })
}

/** Waits while the reader of the pipe is slow. */
async function print(line: string): Promise<void> {
  if (!process.stdout.write(line)) await once(process.stdout, 'drain')
}

function parseAnchor(text: string | undefined) {
  if (text === undefined) return undefined
  const [position, hash] = text.split(':')
  if (hash === undefined || !/^\d+$/.test(position!))
    throw new TriageError(
      'invalid_request',
      'Cannot read the anchor: position:hash is required, as "audit verify" prints it',
    )
  return { position: Number(position), hash }
}
