import type { Command } from 'commander'
import { TriageError } from '../domain/errors.ts'
import { listDemotions, restoreRoute } from '../store/route-modes.ts'
import { withStore } from './with-store.ts'

/** `triage routes demoted|restore`: routes that lost their automatic mode because their samples drifted. */
export function addRoutes(program: Command): void {
  const routes = program.command('routes').description('look after routes that lost their mode')
  routes
    .command('demoted')
    .description('routes that only suggest now, and why')
    .option('--json', 'print as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      await withStore(async (db) => {
        const demoted = await listDemotions(db)
        if (json === true) process.stdout.write(`${JSON.stringify(demoted, null, 2)}\n`)
        else if (demoted.length === 0) process.stdout.write('Every route has its mode\n')
        else
          for (const { route, mode, because, since } of demoted)
            process.stdout.write(`${route}  ${mode} since ${since}  ${because}\n`)
      })
    })
  routes
    .command('restore')
    .description('give a route back the mode that the policy says; its samples count from now on')
    .argument('<route>', 'id in the policy')
    .requiredOption('--actor <name>', 'who answers for it; goes into the audit')
    .action(async (route: string, { actor }: { actor: string }) => {
      await withStore(async (db) => {
        if (!(await restoreRoute(db, { route, actor, now: new Date() })))
          throw new TriageError('not_found', `Cannot restore ${route}: it was not demoted`)
        process.stdout.write(`${route} has its mode again\n`)
      })
    })
}
