import { join } from 'node:path'
import type { Command } from 'commander'
import { parseConfig } from '../config.ts'
import { TriageError } from '../domain/errors.ts'
import { loadModel } from '../scorers/local/load-node.ts'
import { changedSincePull, pullModel } from './pull-model.ts'
import { scoreText } from '../scorers/local/score-text.ts'

/** `triage model check|pull`: whether a folder is a model that the service can use, and where one comes from. */
export function addModel(program: Command): void {
  const model = program.command('model').description('look after the local model')
  model
    .command('check')
    .description('load a model folder, score one sentence with it and say what it can do')
    .argument('[folder]', 'model folder (default: MODEL, or the shipped one)')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run triage -- model check\n  npm run triage -- model check ../models/ours',
    )
    .action(async (given: string | undefined) => {
      const folder = given ?? parseConfig(process.env).modelFolder
      const loaded = await loadModel(folder)
      const { scores } = await scoreText(loaded, { text: 'We cannot log in since this morning.' })
      process.stdout.write(
        `${folder}: version ${loaded.config.version}, windows of ${loaded.config.text.max_tokens} tokens\n`,
      )
      for (const name of Object.keys(loaded.config.heads)) process.stdout.write(`  ${name}\n`)
      process.stdout.write(`One sentence scored: ${JSON.stringify(scores.intent)}\n`)
      const changed = await changedSincePull(folder)
      if (changed !== null && changed.length > 0)
        throw new TriageError(
          'configuration',
          `The folder is not what was pulled: ${changed.join(', ')} changed`,
        )
    })
  model
    .command('pull')
    .description('fetch a model from the Hugging Face hub once, check it and record its hashes')
    .argument('<id>', 'owner/name')
    .option('--to <folder>', 'where to put it (default: models/owner--name)')
    .option('--revision <name>', 'branch, tag or commit', 'main')
    .option('--json', 'what was pulled, for machines')
    .addHelpText(
      'after',
      '\nHF_ENDPOINT names another hub, HF_TOKEN opens private models. The service itself downloads nothing: set MODEL to the folder.' +
        '\n\nExamples:\n  npm run triage -- model pull owner/name\n  npm run triage -- model pull owner/name --revision v2 --to ../models/ours',
    )
    .action(async (id: string, options: { to?: string; revision: string; json?: boolean }) => {
      const folder = options.to ?? join('models', id.replace('/', '--'))
      const pulled = await pullModel({
        id,
        revision: options.revision,
        folder,
        endpoint: (process.env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, ''),
        token: process.env['HF_TOKEN'] || undefined,
      })
      if (options.json) return void process.stdout.write(`${JSON.stringify(pulled)}\n`)
      process.stdout.write(`${folder}: ${id} at ${pulled.commit ?? options.revision}\n`)
      for (const [file, { sha256, bytes }] of Object.entries(pulled.files))
        process.stdout.write(`  ${sha256.slice(0, 16)}…  ${bytes} bytes  ${file}\n`)
      process.stdout.write(`Use it with MODEL=${folder}\n`)
    })
}
