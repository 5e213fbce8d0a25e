/** One thing wrong with a policy file; lines and columns count from 1. */
export type PolicyProblem = {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `triggers[3].when.intent` */
  readonly path: string
  readonly message: string
}

export type Path = readonly (string | number)[]

/** Reports a problem at a place in the file; `at: 'key'` points to the name of a field instead of its value. */
export type Report = (path: Path, message: string, at?: 'key' | 'value') => void

export function showPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
}

/** A value for a message: short, with its kind. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 59)}…` : value}"`
  return `the ${typeof value} ${JSON.stringify(value)}`
}
