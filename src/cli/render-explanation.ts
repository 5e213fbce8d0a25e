import type { FactValue } from '../domain/facts.ts'
import { showFact } from '../domain/sentence.ts'
import type { FailedComparison, NearMiss } from '../domain/near-misses.ts'
import type { Explanation } from '../explain.ts'
import type { Paint } from './paint.ts'

const MOST = 10

/** Why a ticket was not decided otherwise, as a person reads it in a terminal. */
export function renderExplanation({ nearMisses, whatIf }: Explanation, paint: Paint): string {
  const first = whatIf.filter(
    ({ fact }, index) => whatIf.findIndex((other) => other.fact === fact) === index,
  )
  const more = whatIf.length - Math.min(first.length, MOST)
  return [
    paint('heading', 'Nearly'),
    ...(nearMisses.length === 0
      ? ['  nothing']
      : nearMisses.map((miss) => `  ${missed(miss, paint)}`)),
    '',
    paint('heading', 'It would be decided otherwise if'),
    ...(whatIf.length === 0
      ? ['  no single fact were otherwise']
      : first
          .slice(0, MOST)
          .map(
            ({ sentence, was, severity, team }) =>
              `  ${sentence} ${paint('faint', `(now ${show(was)})`)} → ${paint('strong', severity)}, ${team}`,
          )),
    ...(more > 0 ? [paint('faint', `  and ${more} more: --json shows all`)] : []),
    '',
    '',
  ].join('\n')
}

function missed({ rule, kind, would, failed }: NearMiss, paint: Paint): string {
  const effect = 'raise' in would ? `raise to ${would.raise}` : `go to ${would.team}`
  return `${kind} ${paint('strong', rule)} would ${effect}: ${failed.map(comparison).join('; ')}`
}

function comparison({ fact, value, asked, margin }: FailedComparison): string {
  const off = margin === undefined ? '' : `, off by ${showFact(margin)}`
  return `${fact} is ${show(value)}, asked: ${asked}${off}`
}

function show(value: FactValue | null): string {
  if (value === null) return 'not known'
  return showFact(value) || 'nothing'
}
