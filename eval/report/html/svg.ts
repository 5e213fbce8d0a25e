import { escapeHtml } from './escape.ts'

/** A plot area inside an SVG with room for axes. */
export type Frame = {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly bottom: number
}
export const FRAME: Frame = { width: 360, height: 260, left: 62, bottom: 40 }
const TOP = 12
const RIGHT = 24

/** Where a share of 0 to 1 lies on the drawing. */
export function placeX(share: number, { width, left }: Frame = FRAME): number {
  return round(left + share * (width - left - RIGHT))
}
export function placeY(share: number, { height, bottom }: Frame = FRAME): number {
  return round(height - bottom - share * (height - bottom - TOP))
}

export function svg(title: string, content: string, { width, height }: Frame = FRAME): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}"><title>${escapeHtml(title)}</title>${content}</svg>`
}

/** Text at a place; `anchor` as in SVG. */
export function label(
  x: number,
  y: number,
  text: string,
  options: { readonly anchor?: 'start' | 'middle' | 'end'; readonly kind?: string } = {},
): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${options.anchor ?? 'middle'}" class="${options.kind ?? 'tick'}">${escapeHtml(text)}</text>`
}

export function line(points: readonly (readonly [number, number])[], kind: string): string {
  return `<polyline class="${kind}" points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')}"/>`
}

export function rect(
  at: {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  },
  kind: string,
  options: { readonly opacity?: number; readonly tip?: string } = {},
): string {
  const tip = options.tip === undefined ? '' : `<title>${escapeHtml(options.tip)}</title>`
  const opacity = options.opacity === undefined ? '' : ` fill-opacity="${round(options.opacity)}"`
  return `<rect class="${kind}" x="${round(at.x)}" y="${round(at.y)}" width="${round(at.width)}" height="${round(Math.max(0, at.height))}"${opacity}>${tip}</rect>`
}

/** Axes from 0 to 1 (or to `mostY`) with grid lines in quarters. */
export function axes(
  xTitle: string,
  yTitle: string,
  showX: (share: number) => string = percent,
  showY: (share: number) => string = percent,
): string {
  const steps = [0, 0.25, 0.5, 0.75, 1]
  const grid = steps.map(
    (step) =>
      line(
        [
          [placeX(0), placeY(step)],
          [placeX(1), placeY(step)],
        ],
        'grid',
      ) +
      label(placeX(0) - 6, placeY(step) + 4, showY(step), { anchor: 'end' }) +
      label(placeX(step), placeY(0) + 15, showX(step)),
  )
  return (
    grid.join('') +
    label(placeX(0.5), FRAME.height - 6, xTitle, { kind: 'axis' }) +
    `<text class="axis" text-anchor="middle" transform="translate(11 ${placeY(0.5)}) rotate(-90)">${escapeHtml(yTitle)}</text>`
  )
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

export function round(value: number): number {
  return Math.round(value * 100) / 100
}
