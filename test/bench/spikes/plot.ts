/** What one detector at one setting did over all seeds. */
export type Result = {
  readonly name: string
  readonly parameter: number
  readonly falseAlarmsPerWeek: number
  readonly missed: number
  readonly bursts: number
  readonly delayMinutes: number | null
  readonly customersNeeded: number | null
}

const WIDTH = 640
const HEIGHT = 380
const LEFT = 64
const BOTTOM = 52
const TOP = 44
const RIGHT = 24
const COLOURS = ['#8a5a00', '#6b7280', '#2563eb', '#b3261e']

/** Missed bursts and delay over false alarms a week, one curve per detector. */
export function plotCurves(results: readonly Result[]): Readonly<Record<string, string>> {
  return {
    'missed.svg': plot(
      results,
      'Bursts missed',
      ({ missed }) => missed,
      1,
      (y) => `${y * 100} %`,
    ),
    'delay.svg': plot(
      results,
      'Median minutes from onset to alarm',
      ({ delayMinutes }) => delayMinutes,
      40,
      (y) => String(y),
    ),
  }
}

function plot(
  results: readonly Result[],
  title: string,
  read: (result: Result) => number | null,
  most: number,
  show: (y: number) => string,
): string {
  const x = (value: number) => LEFT + logShare(value) * (WIDTH - LEFT - RIGHT)
  const y = (value: number) =>
    HEIGHT - BOTTOM - (Math.min(value, most) / most) * (HEIGHT - BOTTOM - TOP)
  const names = [...new Set(results.map(({ name }) => name))].sort()
  const ticks = [0, 0.1, 1, 10, 100].map(
    (value) =>
      `<line x1="${x(value)}" x2="${x(value)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#ddd"/>` +
      text(x(value), HEIGHT - BOTTOM + 16, String(value), 'middle'),
  )
  const levels = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share * most)}" y2="${y(share * most)}" stroke="#ddd"/>` +
      text(LEFT - 6, y(share * most) + 4, show(share * most), 'end'),
  )
  const curves = names.map((name, at) => {
    const colour = COLOURS[at % COLOURS.length]!
    const points = results
      .filter((result) => result.name === name)
      .flatMap((result) => {
        const value = read(result)
        return value === null
          ? []
          : [{ x: x(result.falseAlarmsPerWeek), y: y(value), label: String(result.parameter) }]
      })
      .sort((a, b) => a.x - b.x || a.y - b.y)
    const path = points.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ')
    const dots = points.map(
      (point) =>
        `<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="4" fill="${colour}"><title>${name} ${point.label}</title></circle>`,
    )
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>` +
      dots.join('') +
      `<rect x="${LEFT + at * 146}" y="14" width="12" height="12" fill="${colour}"/>` +
      text(LEFT + at * 146 + 17, 24, name, 'start')
    )
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img"><title>${title}</title><rect width="100%" height="100%" fill="#fff"/>${ticks.join('')}${levels.join('')}${curves.join('')}${text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, 'False alarms a week (logarithmic, from 0)', 'middle')}<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle" fill="#222">${title}</text></svg>\n`
}

/** 0 to 100 on a scale that is logarithmic above 0.1 and shows 0. */
function logShare(value: number): number {
  return Math.min(1, Math.log10(1 + value * 20) / Math.log10(1 + 100 * 20))
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#222">${content}</text>`
}
