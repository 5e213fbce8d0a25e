import { randomBytes, randomUUID } from 'node:crypto'
import { Command, Option } from 'commander'
import { ROLES, type Role } from '../domain/api-key.ts'
import { TriageError } from '../domain/errors.ts'
import { createKey, listKeys, revokeKey } from '../store/keys.ts'
import { withStore } from './with-store.ts'

const ACTOR = 'cli'
const SECRET_BYTES = 32

/** `triage keys create|list|revoke`: who may call. PGlite takes one process, so stop the service first or use PostgreSQL. */
export function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('create, list and revoke API keys')
    .addHelpText(
      'after',
      `
Examples:
  npm run triage -- keys create --role platform --name zendesk
  npm run triage -- keys create --role reviewer --role lead --name dana
  npm run triage -- keys list --json
  npm run triage -- keys revoke 0b7c…

Roles: platform sends tickets, reviewer decides held ones, lead reads, admin does all. The name is the actor in the audit.
On the embedded database the service must not run at the same time.`,
    )

  keys
    .command('create')
    .description('make a key and show it once')
    .requiredOption('--name <name>', 'who holds it')
    .addOption(
      new Option('--role <role>', 'may be given more than once')
        .choices(ROLES)
        .argParser(collectRole)
        .makeOptionMandatory(),
    )
    .option('--json', 'print as JSON')
    .action(
      async ({ name, role, json }: { name: string; role: readonly Role[]; json?: boolean }) => {
        const made = await withStore((db) =>
          createKey(db, {
            id: randomUUID(),
            name,
            roles: role,
            secret: randomBytes(SECRET_BYTES),
            actor: ACTOR,
            now: new Date(),
          }),
        )
        process.stdout.write(
          json === true
            ? `${JSON.stringify({ ...made, name, roles: role })}\n`
            : `${made.key}\n\nThis is shown once. Key ${made.id} for "${name}" with role ${role.join(', ')}.\nFrom now on every call needs a key: -H 'authorization: Bearer …'\n`,
        )
      },
    )

  keys
    .command('list')
    .description('all keys, revoked ones included')
    .option('--json', 'print as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const all = await withStore(listKeys)
      if (json === true) return void process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
      if (all.length === 0)
        process.stdout.write('No keys yet: the service is open to this machine only\n')
      for (const { id, prefix, name, roles, createdAt, revokedAt } of all)
        process.stdout.write(
          `${id}  ${prefix}…  ${name}  ${roles.join(',')}  ${createdAt.slice(0, 10)}${revokedAt === null ? '' : `  revoked ${revokedAt.slice(0, 10)}`}\n`,
        )
    })

  keys
    .command('revoke')
    .description('end a key; running services notice within five seconds')
    .argument('<id>', 'from "keys list"')
    .action(async (id: string) => {
      const ended = await withStore((db) => revokeKey(db, { id, actor: ACTOR, now: new Date() }))
      if (!ended)
        throw new TriageError('not_found', `Cannot revoke ${id}: no key in force has this id`)
      process.stdout.write(`Revoked ${id}\n`)
    })
}

function collectRole(value: string, before: readonly Role[] | undefined): readonly Role[] {
  if (!ROLES.includes(value as Role))
    throw new TriageError(
      'invalid_request',
      `Cannot use the role "${value}": ${ROLES.join(', ')} are known`,
    )
  return [...new Set([...(before ?? []), value as Role])]
}
