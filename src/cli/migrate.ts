import type { Command } from 'commander'
import { openStore } from '../compose/store.ts'
import { parseConfig } from '../config.ts'

/** `triage migrate`: brings the schema up to date without starting the service (Workers need it done beforehand). */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the database schema up to date; the service does this itself when it starts on Node',
    )
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://… npm run triage -- migrate')
    .action(async () => {
      const db = await openStore(parseConfig(process.env))
      await db.close()
      process.stdout.write('The schema is up to date\n')
    })
}
