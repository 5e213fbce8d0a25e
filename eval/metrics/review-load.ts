import { shareOf } from './pair.ts'

/** Cases held for a person ÷ cases. */
export function reviewLoad(cases: readonly { readonly held: boolean }[]): number | null {
  return shareOf(cases.filter(({ held }) => held).length, cases.length)
}
