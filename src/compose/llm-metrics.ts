import type { Registry } from 'prom-client'
import { Counter, Gauge } from 'prom-client'
import type { LlmScorer } from '../scorers/llm.ts'

/** What the LLM did and cost, read from its own counters when somebody looks. */
export function addLlmMetrics(registry: Registry, llm: Pick<LlmScorer, 'usage' | 'health'>): void {
  const registers = [registry]
  type Series = readonly (readonly [labels: Record<string, string>, value: number])[]
  const counter = (name: string, help: string, labels: readonly string[], read: () => Series) =>
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers,
      collect(): void {
        this.reset()
        for (const [values, value] of read()) this.inc(values, value)
      },
    })

  counter('triage_llm_tickets_total', 'Tickets put to the LLM, by outcome', ['outcome'], () => {
    const { scored, failed } = llm.usage()
    return Object.entries({ scored, ...failed }).map(([outcome, n]) => [{ outcome }, n])
  })
  counter('triage_llm_requests_total', 'Requests to the LLM server, retries included', [], () => [
    [{}, llm.usage().attempts],
  ])
  counter('triage_llm_tokens_total', 'Tokens; cached ones are part of prompt', ['kind'], () => {
    const { promptTokens, cachedTokens, completionTokens } = llm.usage()
    const kinds = { prompt: promptTokens, cached: cachedTokens, completion: completionTokens }
    return Object.entries(kinds).map(([kind, n]) => [{ kind }, n])
  })
  counter('triage_llm_money_total', 'Cost in the currency of the configured prices', [], () => [
    [{}, llm.usage().money],
  ])
  counter('triage_llm_dropped_quotes_total', 'Quotes that are not in the ticket', [], () => [
    [{}, llm.usage().droppedQuotes],
  ])
  const breaker = new Gauge({
    name: 'triage_llm_breaker',
    help: '1 for the state that the circuit breaker is in',
    labelNames: ['state'] as const,
    registers,
    collect(): void {
      const now = llm.health().breaker
      for (const state of ['closed', 'open', 'half_open'] as const)
        this.set({ state }, state === now ? 1 : 0)
    },
  })
  breaker.set({ state: llm.health().breaker }, 1)
}
