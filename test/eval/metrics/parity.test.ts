import { expect, test } from 'vitest'
import {
  isCalmLowered,
  isSameForAll,
  shareOfGroups,
  type Voice,
} from '../../../eval/metrics/parity.ts'

const P1_ONLY = { most: 'P1', least: 'P1' } as const
const voices = (group: string, decided: readonly Voice['decided'][]): readonly Voice[] =>
  decided.map((each) => ({ group, decided: each, expected: P1_ONLY }))

test('a group counts when all of its voices get the same severity, right or wrong', () => {
  const all = [
    ...voices('a', ['P1', 'P1']),
    ...voices('b', ['P3', 'P3']),
    ...voices('c', ['P1', 'P2']),
  ]
  expect(shareOfGroups(all, isSameForAll)).toBeCloseTo(2 / 3)
})

test('a voice that alone falls below what is accepted is lowered; a group that is wrong throughout is not', () => {
  const all = [
    ...voices('a', ['P1', 'P2']),
    ...voices('b', ['P3', 'P3']),
    ...voices('c', ['P1', 'P1']),
  ]
  expect(shareOfGroups(all, isCalmLowered)).toBeCloseTo(1 / 3)
})

test('without a group of two voices both are undefined', () => {
  expect(shareOfGroups([], isSameForAll)).toBeNull()
  expect(shareOfGroups(voices('a', ['P1']), isCalmLowered)).toBeNull()
})
