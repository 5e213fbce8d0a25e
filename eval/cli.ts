import { Command, Option } from 'commander'
import { TriageError } from '../src/domain/errors.ts'
import {
  agreementCommand,
  blindTextsCommand,
  type AgreementOptions,
} from './cli/agreement-command.ts'
import { compareCommand } from './cli/compare-command.ts'
import { driftCommand, type DriftOptions } from './cli/drift-command.ts'
import { importCommand } from './cli/import-command.ts'
import { collectList, parseCount, parseNumber, type RunOptions } from './cli/options.ts'
import { publicCommand, type PublicOptions } from './cli/public-command.ts'
import { rescoreCommand, type RescoreOptions } from './cli/rescore-command.ts'
import { runCommand } from './cli/run-command.ts'
import { SCORER_NAMES } from './run/open-eval-scorers.ts'
import { PERTURBATIONS } from './suite/perturb-suite.ts'

const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort())
process.once('SIGTERM', () => interrupted.abort())

const program = new Command('eval')
  .description('Run labelled tickets through the production path and hold the decisions to gates.')
  .enablePositionalOptions()
  .option(
    '-s, --suite <names>',
    'suites by name or folder, with commas (default: all that ship)',
    collectList,
  )
  .option(
    '--scorer <names>',
    `scorers, with commas: ${SCORER_NAMES.join(', ')}`,
    (value) => collectList(value, []),
    ['phrases', 'local'],
  )
  .option('--policy <file>', 'the policy that decides', 'policies/saas.yaml')
  .option('--model <folder>', 'the local model', 'model')
  .option('--prompt <file>', 'the prompt of the LLM (default: LLM_PROMPT, or the shipped one)')
  .addOption(
    new Option('--half <half>', 'only this half of each suite').choices(['open', 'sealed']),
  )
  .option(
    '--sample <n>',
    'only this many cases of each suite, the same ones every time',
    parseCount,
  )
  .option(
    '--perturb <kinds>',
    `also run variants that mean the same: ${PERTURBATIONS.join(', ')}`,
    collectList,
  )
  .option('--concurrency <n>', 'cases in work at once; 1 for true latencies', parseCount, 4)
  .option('--threads <n>', 'inference threads', parseCount, 1)
  .option('--budget-ms <n>', 'time limit of a scorer', parseCount, 10_000)
  .option(
    '--out <folder>',
    'outcomes, scores and reports; an interrupted run goes on from here',
    'data/eval/latest',
  )
  .option('--fresh', 'forget the outcomes and scores that are there')
  .option('--json', 'print the report as JSON')
  .option('--show-sealed', 'list sealed cases too; whoever tunes phrases or prompts should not')
  .option('--quiet', 'no progress bar')
  .addHelpText(
    'after',
    `
Examples:
  npm run eval                                              all suites, phrases and the local model
  npm run eval -- --suite must-catch,must-not --scorer phrases
  npm run eval -- --scorer phrases,labels                   the policy alone: scorers that are never wrong
  npm run eval -- --policy policies/saas.yaml --out data/eval/candidate
  npm run -s eval -- --suite core --sample 50 --json | jq .passed    (-s: npm prints nothing of its own)
  npm run eval -- --suite core --perturb typo,capitals,order,repeat
  OPENAI_MODEL=m OPENAI_BASE_URL=http://localhost:8000/v1 npm run eval -- --scorer phrases,local,llm
  npm run eval -- --scorer phrases,llm --prompt prompts/other.md --out data/eval/other-prompt
  npm run eval -- compare data/eval/latest data/eval/candidate
  npm run eval -- rescore data/eval/latest --policy policies/saas.yaml
  npm run eval -- public --data ../shared/data
  npm run eval -- import reviews.jsonl
  npm run eval -- drift receipts.jsonl data/eval/latest --suite core --reviews reviews.jsonl
  npm run eval -- agreement
  npm run eval -- import tickets.csv --map body=message,intent=category

Exit codes: 0 every gate holds, 1 a gate fails, 2 wrong use or unreadable input, 130 interrupted (run again to go on).`,
  )
  .action(async (options: RunOptions) => {
    process.exitCode = await runCommand(options, process.env, interrupted.signal)
  })

program
  .command('compare <a> <b>')
  .description(
    'what changed between two runs (their --out folders), with paired tests and every case that moved',
  )
  .option('--json', 'print the comparison as JSON')
  .option('--show-sealed', 'list sealed cases too')
  .action(async (a: string, b: string, options: { json?: boolean; showSealed?: boolean }) => {
    process.exitCode = await compareCommand(a, b, options)
  })

program
  .command('rescore <run>')
  .description('decide and grade a stored run again without running a model')
  .option('--policy <file>', 'the policy that decides now', 'policies/saas.yaml')
  .option('-s, --suite <names>', 'only these suites', collectList)
  .option('--out <folder>', 'where the reports go', 'data/eval/rescored')
  .option('--show-sealed', 'list sealed cases too')
  .option('--json', 'print the report as JSON')
  .action(async (run: string, options: RescoreOptions) => {
    process.exitCode = await rescoreCommand(run, options)
  })

program
  .command('import <path>')
  .description(
    'turn labelled tickets (JSONL, CSV), exported reviews, receipts or the shared data folder into suites',
  )
  .option('--map <pairs>', 'columns, as body=message,intent=category')
  .option('--to <folder>', 'where the suites go', 'data/eval/suites')
  .action(async (path: string, options: { map?: string; to: string }) => {
    process.exitCode = await importCommand(path, options)
  })

program
  .command('public')
  .description(
    'the local model beside a constant and TF-IDF on every test set of a data folder, in one table',
  )
  .requiredOption('--data <folder>', 'the folder with labelled/, written/ and public/')
  .option('--model <folder>', 'the local model', 'model')
  .option('--sets <names>', 'only these sets, with commas', collectList)
  .option('--most-train <n>', 'training messages of a baseline', parseCount, 8000)
  .option('--most-test <n>', 'test messages of a set', parseCount, 1000)
  .option('--json', 'print the figures as JSON')
  .action(async (options: PublicOptions) => {
    process.exitCode = await publicCommand(options)
  })

program
  .command('drift <receipts> <run>')
  .description(
    'live receipts (JSONL) against a stored run: population stability, unscored share, overturned reviews',
  )
  .option('-s, --suite <name>', 'only this suite of the run')
  .option('--reviews <file>', 'exported reviews (JSONL), for the share that people overturned')
  .option('--psi <n>', 'most population stability index of a fact', parseNumber, 0.25)
  .option('--unscored <n>', 'most rise of the unscored share', parseNumber, 0.1)
  .option('--overturn <n>', 'most share of reviews overturned', parseNumber, 0.25)
  .option('--json', 'print the figures as JSON')
  .action(async (receipts: string, run: string, options: DriftOptions) => {
    process.exitCode = await driftCommand(receipts, run, options)
  })

program
  .command('agreement')
  .description(
    'how far two readings of the suites agree, or with --reviews the service and its reviewers',
  )
  .option('-s, --suite <names>', 'only these suites', collectList)
  .option('--reviews <file>', 'exported reviews (JSONL)')
  .option('--differing', 'list the cases on which the readings differ, sealed ones too')
  .option('--json', 'print the figures as JSON')
  .action(async (options: AgreementOptions) => {
    process.exitCode = await agreementCommand(options)
  })

program
  .command('blind-texts')
  .description('texts for a second reading: a seeded sample of each suite without what is expected')
  .option('-s, --suite <names>', 'only these suites', collectList)
  .option('--share <n>', 'share of each suite', parseNumber, 0.3)
  .requiredOption('--to <file>', 'JSONL file to write')
  .action(async (options: { suite?: string[]; share: number; to: string }) => {
    process.exitCode = await blindTextsCommand(options)
  })

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof TriageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
