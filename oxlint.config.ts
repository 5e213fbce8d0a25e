import { defineConfig } from 'oxlint'

const vendors =
  'hono|@hono|drizzle-orm|postgres|openai|@electric-sql|@xenova|@huggingface|onnxruntime|commander|pino|prom-client|swagger-ui-dist'

/** Files matching `files` may not import what matches `banned`. oxlint regexes have no look-around, so the banned are listed. */
const ban = (files: readonly string[], banned: string, message: string) => ({
  files: [...files],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: banned, message }] }] },
})

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'vitest', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'off' },
  options: { typeAware: true },
  ignorePatterns: ['node_modules', 'model', 'data', '.wrangler', 'coverage'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-explicit-any': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'no-console': 'error',
    'no-eval': 'error',
    'no-new-func': 'error',
    'vitest/no-disabled-tests': 'error',
    'vitest/no-focused-tests': 'error',
    'unicorn/no-array-sort': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-await-in-loop': 'off',
    // Contradicts an exhaustive switch without default, which the type checker already holds to every case.
    'typescript/consistent-return': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/no-standalone-expect': 'off',
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'typescript/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
    'typescript/no-misused-promises': ['error', { checksVoidReturn: false }],
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'vitest/require-mock-type-parameters': 'off',
    'unicorn/require-post-message-target-origin': 'off',
  },
  overrides: [
    ban(
      ['src/domain/**'],
      `^(\\.\\./|node:|zod|yaml|${vendors})`,
      'src/domain is pure: it imports only src/domain (and the Temporal polyfill)',
    ),
    ban(
      ['src/scorers/**'],
      '^\\.\\./(policy|store|delivery|platforms|http|desk|triage|review|deliver|tick)',
      'Adapters import domain and never each other',
    ),
    ban(
      ['src/policy/**'],
      '^\\.\\./(scorers|store|delivery|platforms|http|desk|triage|review|deliver|tick)',
      'Adapters import domain and never each other',
    ),
    ban(
      ['src/store/**'],
      '^\\.\\./(scorers|policy|delivery|platforms|http|desk|triage|review|deliver|tick)',
      'Adapters import domain and never each other',
    ),
    ban(
      ['src/delivery/**'],
      '^\\.\\./(scorers|policy|store|platforms|http|desk|triage|review|deliver|tick)',
      'Adapters import domain and never each other',
    ),
    ban(
      ['src/http/**', 'src/desk/**'],
      '^(\\.\\./(scorers|policy|store|delivery|platforms)/|drizzle-orm|postgres$|openai|@electric-sql|@xenova)',
      'http and desk talk to the main path through types, never to store, scorers or policy files',
    ),
    ban(
      [
        'src/triage.ts',
        'src/count-customers.ts',
        'src/watch-incidents.ts',
        'src/raise-member.ts',
        'src/judge.ts',
        'src/run-scorer.ts',
        'src/second-opinion.ts',
        'src/review.ts',
        'src/deliver.ts',
        'src/plant-exercise.ts',
        'src/tick.ts',
      ],
      '^\\./(scorers|policy|store|delivery|platforms|http|desk)/',
      'The main path takes adapters as types from domain',
    ),
    {
      files: ['src/cli.ts', 'src/cli/**', 'src/node.ts', 'eval/**', 'test/**'],
      rules: { 'no-console': 'off' },
    },
    { files: ['src/worker.ts', '*.config.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
})
