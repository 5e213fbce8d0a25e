import { expect, test } from 'vitest'
import { faultsOf, simulate } from './simulate-ownership.ts'

test('tickets over eight weeks: always an owner, never over a limit, turns fair, receipts replay', () => {
  const simulation = simulate(5_000)
  expect(faultsOf(simulation)).toEqual([])
  expect(Object.keys(simulation.owners).length).toBeGreaterThan(20)
}, 60_000)

test('at the limit of everybody the last resort takes the rest, marked', () => {
  const crowded = simulate(5_000, 3)
  expect(faultsOf(crowded)).toEqual([])
  expect(crowded.lastResort).toBeGreaterThan(100)
}, 60_000)
