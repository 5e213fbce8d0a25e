/** The numbers from one end to the other; an end that is open is not one of them. None is below zero. */
export type NumberRange = {
  readonly low: number
  readonly high: number
  readonly isLowOpen: boolean
  readonly isHighOpen: boolean
}

export const ANY_AMOUNT: NumberRange = {
  low: 0,
  high: Infinity,
  isLowOpen: false,
  isHighOpen: true,
}

/** The amounts that nobody can tell from this one who only asks on which side of the cuts it is. */
export function rangeAround(amount: number, cuts: readonly number[]): NumberRange {
  if (cuts.includes(amount)) return exactly(amount)
  const below = cuts.filter((cut) => cut < amount)
  const above = cuts.filter((cut) => cut > amount)
  return {
    low: Math.max(0, ...below),
    high: Math.min(Infinity, ...above),
    isLowOpen: below.some((cut) => cut >= 0),
    isHighOpen: true,
  }
}

/** Two numbers out of these ranges whose product is in the third, or undefined when there are none. */
export function factorsOf(
  product: NumberRange,
  [left, right]: readonly [NumberRange, NumberRange],
  isLeftWhole: boolean,
): readonly [number, number] | undefined {
  const lefts = shared(shared(left, ABOVE_ZERO), quotients(product, right))
  for (const one of examplesOf(lefts, isLeftWhole)) {
    const rights = shared(right, quotients(product, exactly(one)))
    // A quotient is rounded, so that its product may miss the number by the last digit.
    const other = examplesOf(rights, false)
      .flatMap((example) => [example, example * (1 + EPSILON), example * (1 - EPSILON)])
      .find((example) => has(right, example) && has(product, one * example))
    if (other !== undefined) return [one, other]
  }
  if (!has(product, 0)) return undefined
  const [one] = examplesOf(left, isLeftWhole)
  const [other] = examplesOf(right, false)
  if (has(left, 0) && other !== undefined) return [0, other]
  return has(right, 0) && one !== undefined ? [one, 0] : undefined
}

/** A number strictly between two others, a whole one where that is possible. */
export function between(low: number, high: number, whole: boolean): number | undefined {
  const next = Math.floor(low) + 1
  if (next < high) {
    const middle = Math.round((low + high) / 2)
    return middle > low && middle < high ? middle : next
  }
  return whole || low >= high ? undefined : (low + high) / 2
}

const EPSILON = Number.EPSILON
const ABOVE_ZERO: NumberRange = { ...ANY_AMOUNT, isLowOpen: true }

function exactly(number: number): NumberRange {
  return { low: number, high: number, isLowOpen: false, isHighOpen: false }
}

function has({ low, high, isLowOpen, isHighOpen }: NumberRange, number: number): boolean {
  return (isLowOpen ? number > low : number >= low) && (isHighOpen ? number < high : number <= high)
}

function shared(a: NumberRange, b: NumberRange): NumberRange {
  const low = Math.max(a.low, b.low)
  const high = Math.min(a.high, b.high)
  return {
    low,
    high,
    isLowOpen: (a.low === low && a.isLowOpen) || (b.low === low && b.isLowOpen),
    isHighOpen: (a.high === high && a.isHighOpen) || (b.high === high && b.isHighOpen),
  }
}

/** What a number of one range is when it is divided by one above zero of another. */
function quotients(product: NumberRange, by: NumberRange): NumberRange {
  return {
    low: product.low / by.high,
    high: by.low === 0 ? Infinity : product.high / by.low,
    isLowOpen: product.isLowOpen || by.isHighOpen,
    isHighOpen: product.isHighOpen || by.isLowOpen || by.low === 0,
  }
}

/** One inside and the ends, as far as they are numbers of the range. */
function examplesOf(range: NumberRange, whole: boolean): readonly number[] {
  const { low, high } = range
  return [between(low, high === Infinity ? Math.floor(low) + 3 : high, whole), low, high].filter(
    (number): number is number =>
      number !== undefined && has(range, number) && (!whole || Number.isInteger(number)),
  )
}
