import type { ReliabilityBin } from '../../metrics/calibration.ts'
import type { Confusion } from '../../metrics/confusion.ts'
import type { CoveragePoint } from '../../metrics/risk-coverage.ts'
import type { Slice } from '../../summary/summarise.ts'
import { axes, FRAME, label, line, percent, placeX, placeY, rect, svg } from './svg.ts'

/** Expected labels down, decided ones across; the shade is the share of its row. */
export function plotConfusion({ labels, counts }: Confusion<string>, title: string): string | null {
  const used = labels
    .map((name, at) => ({ name, at }))
    .filter(
      ({ at }) => counts[at]!.some((count) => count > 0) || counts.some((row) => row[at]! > 0),
    )
  if (used.length === 0) return null
  const cell = used.length > 8 ? 26 : 44
  const left = used.length > 8 ? 118 : 76
  const top = used.length > 8 ? 104 : 40
  const frame = {
    ...FRAME,
    width: left + cell * used.length + 8,
    height: top + cell * used.length + 8,
  }
  const cells = used.flatMap(({ at: row }, y) => {
    const total = counts[row]!.reduce((sum, count) => sum + count, 0)
    return used.map(({ at: column }, x) => {
      const count = counts[row]![column]!
      const place = { x: left + x * cell, y: top + y * cell, width: cell - 2, height: cell - 2 }
      const tip = `${labels[row]} → ${labels[column]}: ${count} of ${total}`
      const opacity = total === 0 ? 0.04 : 0.04 + (0.9 * count) / total
      const number =
        count === 0
          ? ''
          : label(place.x + cell / 2 - 1, place.y + cell / 2 + 4, String(count), { kind: 'count' })
      return rect(place, row === column ? 'right' : 'wrong', { opacity, tip }) + number
    })
  })
  const names = used.map(
    ({ name }, at) =>
      label(left - 6, top + at * cell + cell / 2 + 4, name, { anchor: 'end' }) +
      `<text class="tick" transform="translate(${left + at * cell + cell / 2 + 3} ${top - 6}) rotate(-${used.length > 8 ? 60 : 0})" text-anchor="${used.length > 8 ? 'start' : 'middle'}">${name}</text>`,
  )
  return svg(`${title}: expected by row, decided by column`, cells.join('') + names.join(''), frame)
}

/** Said confidence against what was right; a point on the diagonal is honest. */
export function plotReliability(bins: readonly ReliabilityBin[]): string | null {
  const most = Math.max(...bins.map(({ count }) => count))
  if (most === 0) return null
  const bars = bins.flatMap(({ from, to, count, confidence, accuracy }) => {
    if (confidence === null || accuracy === null) return []
    const tip = `said ${percent(confidence)}, right ${percent(accuracy)}, ${count} cases`
    return [
      rect(
        {
          x: placeX(from) + 1,
          y: placeY(accuracy),
          width: placeX(to) - placeX(from) - 2,
          height: placeY(0) - placeY(accuracy),
        },
        'right',
        { opacity: 0.25 + (0.65 * count) / most, tip },
      ),
    ]
  })
  const diagonal = line(
    [
      [placeX(0), placeY(0)],
      [placeX(1), placeY(1)],
    ],
    'guide',
  )
  return svg(
    'Reliability of the intent',
    axes('confidence said', 'right') + bars.join('') + diagonal,
  )
}

/** Errors among the cases that the scorer was surest of. */
export function plotRiskCoverage(points: readonly CoveragePoint[]): string | null {
  if (points.length === 0) return null
  const curve = points.map(({ coverage, risk }) => [placeX(coverage), placeY(risk)] as const)
  return svg(
    'Risk and coverage of the intent',
    axes('share of tickets decided without a person', 'wrong') + line(curve, 'curve'),
  )
}

/** How many milliseconds which share of the cases took at most. */
export function plotLatency(sorted: readonly number[]): string | null {
  if (sorted.length < 2) return null
  const most = sorted.at(-1) ?? 1
  const curve = sorted.map(
    (ms, at) => [placeX(ms / most), placeY(at / (sorted.length - 1))] as const,
  )
  const showMs = (share: number) => `${(share * most).toFixed(most < 10 ? 1 : 0)} ms`
  return svg('Latency', axes('at most', 'share of cases', showMs) + line(curve, 'curve'))
}

/** One bar per group: acceptable severities; the darker part below is what was under-escalated. */
export function plotSlices(slices: readonly Slice[], title: string): string | null {
  const shown = slices.filter(({ values }) => values.severity_accuracy !== null).slice(0, 24)
  if (shown.length < 2) return null
  const row = 22
  const left = 128
  const width = 360
  const frame = { ...FRAME, width, height: shown.length * row + 16 }
  const scale = width - left - 84
  const bars = shown.map(({ value, count, values }, at) => {
    const y = 6 + at * row
    const good = values.severity_accuracy ?? 0
    const under = values.under_escalation ?? 0
    const tip = `${value}: ${percent(good)} acceptable, ${percent(under)} under-escalated, ${count} cases`
    return (
      label(left - 8, y + 14, value.length > 20 ? `${value.slice(0, 19)}…` : value, {
        anchor: 'end',
      }) +
      rect({ x: left, y, width: scale, height: row - 6 }, 'track', { tip }) +
      rect({ x: left, y, width: scale * good, height: row - 6 }, 'right', { tip }) +
      rect({ x: left + scale * (1 - under), y, width: scale * under, height: row - 6 }, 'wrong', {
        tip,
      }) +
      label(left + scale + 8, y + 14, `${percent(good)} of ${count}`, { anchor: 'start' })
    )
  })
  return svg(title, bars.join(''), frame)
}
