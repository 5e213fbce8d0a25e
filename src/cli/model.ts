import type { Command } from 'commander'
import { parseConfig } from '../config.ts'
import { loadModel } from '../scorers/local/load-node.ts'
import { scoreText } from '../scorers/local/score-text.ts'

/** `triage model check`: whether a folder is a model that the service can use. */
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
    })
}
