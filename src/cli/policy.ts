import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parseConfig } from '../config.ts'
import { TriageError } from '../domain/errors.ts'
import type { PolicyProblem } from '../policy/parse.ts'
import { compileSource } from '../compose/compile-source.ts'

/** `triage policy check [file]`: every problem of a policy at once, where an editor can jump to it. */
export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('look after the escalation SOP')
  policy
    .command('check')
    .description('read a policy as the service would and list every problem')
    .argument('[file]', 'policy file (default: POLICY, or the shipped one)')
    .option('--json', 'print the problems as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run triage -- policy check\n  npm run triage -- policy check policies/ours.yaml --json',
    )
    .action(async (given: string | undefined, options: { json?: boolean }) => {
      const file = given ?? parseConfig(process.env).policyFile
      const problems = await problemsOf(file)
      if (options.json === true)
        process.stdout.write(`${JSON.stringify({ file, problems }, null, 2)}\n`)
      else
        for (const { line, column, message } of problems)
          process.stdout.write(`${file}:${line}:${column} ${message}\n`)
      if (problems.length > 0) process.exitCode = 2
      else if (options.json !== true) process.stdout.write(`${file}: no problems\n`)
    })
}

async function problemsOf(file: string): Promise<readonly PolicyProblem[]> {
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new TriageError('configuration', `Cannot read the policy ${file}`, { cause: error })
  })
  try {
    compileSource(source, file)
    return []
  } catch (error) {
    if (error instanceof TriageError && error.code === 'invalid_policy')
      return (error.detail['problems'] as readonly PolicyProblem[] | undefined) ?? []
    throw error
  }
}
