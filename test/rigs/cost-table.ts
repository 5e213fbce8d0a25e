import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { ScoringMode } from '../../src/domain/cascade.ts'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import type { Severity } from '../../src/domain/labels.ts'
import { INTENTS, PRIORITIES, SEVERITIES } from '../../src/domain/labels.ts'
import type { Ticket } from '../../src/domain/ticket.ts'
import { buildLadder } from '../../src/compose/ladder.ts'
import type { LlmAnswer } from '../../src/scorers/llm/answer-schema.ts'
import { createLlmScorer, parsePrompt } from '../../src/scorers/llm.ts'
import { shippedModel } from '../support/app.ts'
import type { OpenAiServer } from '../support/openai-server.ts'
import { CALM_ANSWER, startOpenAiServer } from '../support/openai-server.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { shippedPolicy } from '../support/shipped-policy.ts'
import { decideInMemory } from './decide-in-memory.ts'

const HELP = `What local only, the cascade and the LLM for every ticket cost per 1,000 tickets of the core suite, with their quality beside it.
No real LLM is asked: a server on this machine answers with the suite's labels, and wrong ones for the rest of --accuracy;
tokens are counted as four characters. Prices are yours to set, per million tokens.

  npm run rig:cost -- --accuracy 0.85 --price-input 2.5 --price-cached 1.25 --price-output 10`

type Case = {
  readonly id: string
  readonly ticket: Ticket
  readonly expected: {
    readonly severity: Severity | readonly [Severity, Severity]
    readonly intent?: string
  }
}

export type CostRow = {
  readonly mode: ScoringMode
  readonly askedPerThousand: number
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  readonly money: number
  readonly criticalRecall: number
  readonly underEscalation: number
  readonly overEscalation: number
  readonly reviewLoad: number
}

export type CostPlan = {
  readonly accuracy: number
  readonly prices: {
    readonly inputPerMillion: number
    readonly cachedInputPerMillion: number
    readonly outputPerMillion: number
  }
  readonly most?: number
}

/** One row for each way of scoring, over the same tickets and the same stub answers. */
export async function costTable({ accuracy, prices, most }: CostPlan): Promise<readonly CostRow[]> {
  const file = new URL('../../eval/suites/core/cases.jsonl', import.meta.url)
  const cases = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case)
    .slice(0, most)
  const server = await startOpenAiServer()
  try {
    const rows: CostRow[] = []
    for (const mode of ['local', 'local_then_llm', 'llm'] as const)
      rows.push(await measure(mode, cases, { server, accuracy, prices }))
    return rows
  } finally {
    await server.close()
  }
}

async function measure(
  mode: ScoringMode,
  cases: readonly Case[],
  {
    server,
    accuracy,
    prices,
  }: Pick<CostPlan, 'accuracy' | 'prices'> & { readonly server: OpenAiServer },
): Promise<CostRow> {
  const shipped = shippedPolicy()
  const compiled = compilePolicy({ ...shipped, scoring: { ...shipped.scoring!, use: mode } })
  const prompt = new URL('../../prompts/classify-ticket.v1.md', import.meta.url)
  const llm = createLlmScorer({
    model: 'stub',
    baseUrl: server.url,
    prompt: parsePrompt(readFileSync(prompt, 'utf8')),
    prices,
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    random: seededRandom(3),
    newBoundary: () => crypto.randomUUID(),
  })
  const ladder = buildLadder(compiled, {
    local: await shippedModel(),
    llm,
    answerBudgetMs: 60_000,
  })
  const { scorers, secondOpinion } = ladder
  const counts = { critical: 0, found: 0, under: 0, over: 0, held: 0 }
  for (const { ticket, expected, id } of cases) {
    server.play(({ body }) => {
      const answer = answerFor(expected, accuracy, seededRandom(hash(id)))
      const sent = body.messages.map(({ content }) => content.length)
      const fixed = sent.slice(0, -1).reduce((sum, length) => sum + length, 0)
      return {
        kind: 'answer',
        answer,
        usage: {
          prompt_tokens: Math.ceil((fixed + sent.at(-1)!) / 4),
          completion_tokens: Math.ceil(JSON.stringify(answer).length / 4),
          prompt_tokens_details: { cached_tokens: Math.floor(fixed / 4) },
        },
      }
    })
    const world = { policy: compiled, scorers, ...(secondOpinion && { secondOpinion }) }
    const { decision } = await decideInMemory(ticket, world)
    const [most, least] = [expected.severity].flat() as [Severity, Severity?]
    const rank = SEVERITIES.indexOf(decision.severity)
    if (most === 'P1') {
      counts.critical++
      if (rank === 0) counts.found++
    }
    if (rank > SEVERITIES.indexOf(least ?? most)) counts.under++
    if (rank < SEVERITIES.indexOf(most)) counts.over++
    if (decision.disposition === 'review') counts.held++
  }
  const { tickets, promptTokens, cachedTokens, completionTokens, money } = llm.usage()
  const perThousand = (value: number) => (value * 1_000) / cases.length
  return {
    mode,
    askedPerThousand: perThousand(tickets),
    promptTokens: perThousand(promptTokens),
    cachedTokens: perThousand(cachedTokens),
    completionTokens: perThousand(completionTokens),
    money: perThousand(money),
    criticalRecall: counts.found / Math.max(1, counts.critical),
    underEscalation: counts.under / cases.length,
    overEscalation: counts.over / cases.length,
    reviewLoad: counts.held / cases.length,
  }
}

/** The labels of the case, or with the rest of the chance another priority and intent. */
function answerFor(
  { severity, intent }: Case['expected'],
  accuracy: number,
  random: () => number,
): LlmAnswer {
  const [most] = [severity].flat() as [Severity]
  const right = { P1: 'critical', P2: 'high', P3: 'high', P4: 'low' }[most] as LlmAnswer['priority']
  const other = <T>(list: readonly T[], not: T) => {
    const rest = list.filter((value) => value !== not)
    return rest[Math.floor(random() * rest.length)]!
  }
  const known = INTENTS.find((label) => label === intent) ?? 'other'
  const isRight = random() < accuracy
  const priority = isRight ? right : other(PRIORITIES, right)
  return {
    ...CALM_ANSWER,
    priority,
    urgency: priority === 'critical' ? 3 : priority === 'high' ? 1 : 0,
    intent: random() < accuracy ? known : other(INTENTS, known),
  }
}

const hash = (text: string) =>
  Array.from(text).reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)!) % 1_000_003, 7)

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      accuracy: { type: 'string', default: '0.85' },
      'price-input': { type: 'string', default: '2.5' },
      'price-cached': { type: 'string', default: '1.25' },
      'price-output': { type: 'string', default: '10' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return console.log(HELP)
  const accuracy = Number(values.accuracy)
  const rows = await costTable({
    accuracy,
    prices: {
      inputPerMillion: Number(values['price-input']),
      cachedInputPerMillion: Number(values['price-cached']),
      outputPerMillion: Number(values['price-output']),
    },
  })
  console.log(
    `Core suite, per 1,000 tickets. The LLM is a stub that is right ${accuracy * 100} % of the time; no real LLM was asked.\n`,
  )
  console.log(
    '| scoring | asked | tokens in | of them cached | tokens out | money | critical recall | under | over | review load |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|---|')
  const share = (value: number) => `${(value * 100).toFixed(1)} %`
  for (const row of rows)
    console.log(
      `| ${row.mode} | ${row.askedPerThousand.toFixed(0)} | ${Math.round(row.promptTokens)} | ${Math.round(row.cachedTokens)} | ${Math.round(row.completionTokens)} | ${row.money.toFixed(2)} | ${share(row.criticalRecall)} | ${share(row.underEscalation)} | ${share(row.overEscalation)} | ${share(row.reviewLoad)} |`,
    )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
