import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Answer } from '../domain/answer.ts'
import type { RequestLog } from '../http/app.ts'
import type { LlmScorer } from '../scorers/llm.ts'
import { addLlmMetrics } from './llm-metrics.ts'

export type Metrics = ReturnType<typeof createMetrics>

/** Prometheus metrics of one process. Labels are closed sets, so that series stay few. */
export function createMetrics(readQueue: () => number, llm?: LlmScorer) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer, by route pattern',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const decisions = new Counter({
    name: 'triage_decisions_total',
    help: 'Decisions recorded',
    labelNames: ['severity', 'type', 'disposition'] as const,
    registers,
  })
  const degraded = new Counter({
    name: 'triage_degraded_total',
    help: 'Decisions made without a scorer, by scorer',
    labelNames: ['scorer'] as const,
    registers,
  })
  const scorerTime = new Histogram({
    name: 'triage_scorer_duration_seconds',
    help: 'Time of one scorer on one ticket, waiting included',
    labelNames: ['scorer'] as const,
    buckets: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  })
  const waiting: Gauge = new Gauge({
    name: 'triage_scoring_waiting',
    help: 'Tickets waiting for a scoring thread',
    registers,
    collect(): void {
      this.set(readQueue())
    },
  })
  waiting.set(0)
  if (llm !== undefined) addLlmMetrics(registry, llm)
  return {
    render: () => registry.metrics(),
    onRequest: ({ method, route, status, ms }: RequestLog) =>
      requests.observe({ method, route, status: String(status) }, ms / 1000),
    onDecision: (
      answer: Pick<Answer, 'severity' | 'type' | 'disposition' | 'degraded' | 'scorers'>,
    ) => {
      decisions.inc({
        severity: answer.severity,
        type: answer.type,
        disposition: answer.disposition,
      })
      for (const step of answer.degraded) degraded.inc({ scorer: step.split(':', 1)[0]! })
      for (const { name, ms } of answer.scorers) scorerTime.observe({ scorer: name }, ms / 1000)
    },
  }
}
