import { styleText } from 'node:util'

export type Style =
  | 'danger'
  | 'warning'
  | 'notice'
  | 'calm'
  | 'heading'
  | 'label'
  | 'strong'
  | 'faint'
  | 'phrase'
export type Paint = (style: Style, text: string) => string

const CODES = {
  danger: ['bold', 'whiteBright', 'bgRed'],
  warning: ['bold', 'black', 'bgYellow'],
  notice: ['black', 'bgCyan'],
  calm: ['black', 'bgGreen'],
  heading: ['bold'],
  label: ['dim'],
  strong: ['bold'],
  faint: ['dim'],
  phrase: ['bold', 'underline', 'yellow'],
} as const

/** Colours where a terminal shows them; plain text under NO_COLOR or in a pipe. */
export function createPaint(color: boolean): Paint {
  if (!color) return (_style, text) => text
  return (style, text) => styleText([...CODES[style]], text, { validateStream: false })
}
