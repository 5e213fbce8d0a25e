import type { Backtest, Moves } from '../policy/backtest/backtest.ts'
import type { Paint } from './paint.ts'

const MOST_MOVES = 12

/** What a policy would have changed, as a support lead reads it in a terminal. */
export function renderBacktest(result: Backtest, paint: Paint): string {
  const { tickets, moved, raised, lowered, review, overflow, examples, refusals } = result
  if (tickets === 0) return 'No stored tickets: nothing to compare.\n'
  const others = moved - raised - lowered
  return [
    `${tickets} tickets decided again`,
    `  ${moved} otherwise (${percent(result.movedShare)}): ${raised} raised, ${lowered} lowered, ${others} of the same severity`,
    `  held for a person: ${review.was} → ${review.is} (${percent(review.share)}), in the busiest hour ${review.busiestHourWas} → ${review.busiestHourIs}`,
    `  to the last resort: ${overflow.was} → ${overflow.is}`,
    ...table('severities', result.severities, paint),
    ...table('teams', result.teams, paint),
    ...table('owners', result.owners, paint),
    ...(examples.length === 0 ? [] : ['', paint('heading', 'examples')]),
    ...examples
      .slice(0, MOST_MOVES)
      .map(
        ({ ticketId, was, is }) =>
          `  ${ticketId}: ${was.severity} ${was.team} ${was.disposition} → ${is.severity} ${is.team} ${is.disposition}  ${paint('faint', difference(was.because, is.because))}`,
      ),
    ...(refusals.length === 0
      ? []
      : ['', ...refusals.map((text) => `${paint('danger', 'over the limit')} ${text}`)]),
    '',
  ].join('\n')
}

function table(title: string, moves: Moves, paint: Paint): readonly string[] {
  const rows = Object.entries(moves)
  if (rows.length === 0) return []
  const more = rows.length - MOST_MOVES
  return [
    '',
    paint('heading', title),
    ...rows.slice(0, MOST_MOVES).map(([move, count]) => `  ${String(count).padStart(6)}  ${move}`),
    ...(more > 0 ? [`          and ${more} more`] : []),
  ]
}

/** The rules that only one of the two decisions rests on. */
function difference(was: readonly string[], is: readonly string[]): string {
  const gone = was.filter((rule) => !is.includes(rule)).map((rule) => `-${rule}`)
  const come = is.filter((rule) => !was.includes(rule)).map((rule) => `+${rule}`)
  return [...new Set([...gone, ...come])].slice(0, 6).join(' ')
}

const percent = (share: number | null) =>
  share === null ? '–' : `${Math.round(share * 1000) / 10} %`
