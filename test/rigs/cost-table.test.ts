import { expect, test } from 'vitest'
import { costTable } from './cost-table.ts'

test('the cascade costs less than asking for every ticket, local only costs nothing', async () => {
  const prices = { inputPerMillion: 2, cachedInputPerMillion: 1, outputPerMillion: 10 }
  const [local, cascade, always] = await costTable({ accuracy: 1, prices, most: 40 })
  expect(local).toMatchObject({ askedPerThousand: 0, money: 0 })
  expect(always?.askedPerThousand).toBe(1_000)
  expect(cascade!.askedPerThousand).toBeGreaterThan(0)
  expect(cascade!.money).toBeGreaterThan(0)
  expect(cascade!.money).toBeLessThan(always!.money)
  // A second opinion may only raise.
  expect(cascade!.underEscalation).toBeLessThanOrEqual(local!.underEscalation)
}, 120_000)
