import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { Command } from 'commander'
import { addAudit } from './cli/audit.ts'
import { addKeys } from './cli/keys.ts'
import { addMigrate } from './cli/migrate.ts'
import { addModel } from './cli/model.ts'
import { addOutbox } from './cli/outbox.ts'
import { addPolicy } from './cli/policy.ts'
import { createPaint } from './cli/paint.ts'
import { renderDecision } from './cli/render-decision.ts'
import { renderExplanation } from './cli/render-explanation.ts'
import { addReviews } from './cli/reviews.ts'
import { addRoutes } from './cli/routes.ts'
import { decideOnce, readTicket } from './cli/triage-once.ts'
import { parseConfig } from './config.ts'
import { TriageError } from './domain/errors.ts'
import { ticketText } from './domain/ticket.ts'

const program = new Command('triage')
  // `--json` belongs to the command it follows.
  .enablePositionalOptions()
  .description(
    'Decide one ticket here and now, or look after the service’s keys, policy, model and audit.',
  )
  .argument(
    '[text...]',
    'the ticket: its text, a file (text or JSON ticket), or - for standard input',
  )
  .option('--json', 'print the decision as JSON, the same as POST /triage answers')
  .option(
    '--why',
    'also why not otherwise: rules that nearly fired, and what would change the decision',
  )
  .addHelpText(
    'after',
    `
Examples:
  npm run triage -- "We cannot process orders since 9:40, checkout returns 502"
  npm run triage -- ticket.json --json
  npm run triage -- ticket.json --why
  pbpaste | npm run triage -- -
  npm run triage -- keys create --role platform --name zendesk

Exit codes: 0 decided, 1 wrong use or input, 2 the service is not configured, 3 stored data failed its check.`,
  )
  .action(async (words: readonly string[], options: { json?: boolean; why?: boolean }) => {
    if (words.length === 0) program.help({ error: true })
    const config = parseConfig(process.env)
    const ticket = readTicket(await inputOf(words))
    const { answer, explanation, now } = await decideOnce(ticket, config)
    if (options.json === true)
      process.stdout.write(
        `${JSON.stringify(options.why === true ? { ...answer, explanation } : answer, null, 2)}\n`,
      )
    else {
      const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
      const width = Math.min(process.stdout.columns ?? 100, 110)
      process.stdout.write(
        renderDecision(answer, ticketText(ticket), { paint: createPaint(color), width, now }),
      )
      if (options.why === true)
        process.stdout.write(renderExplanation(explanation, createPaint(color)))
    }
  })

addKeys(program)
addPolicy(program)
addModel(program)
addMigrate(program)
addAudit(program)
addOutbox(program)
addReviews(program)
addRoutes(program)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof TriageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = exitCodeOf(error)
}

/** One word that names a file is that file; `-` is standard input; anything else is the text itself. */
async function inputOf(words: readonly string[]): Promise<string> {
  const given = words.join(' ')
  if (given === '-') return readAll(process.stdin)
  try {
    return await readFile(given, 'utf8')
  } catch {
    return given
  }
}

function exitCodeOf(error: TriageError): number {
  if (error.code === 'configuration' || error.code === 'invalid_policy') return 2
  return error.code === 'integrity' ? 3 : 1
}
