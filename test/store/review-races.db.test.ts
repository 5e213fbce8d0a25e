import { expect, test } from 'vitest'
import { editAuditBytes } from '../support/audit-edits.ts'
import { runRaces } from '../support/review-races.ts'
import { onBothStores } from './stores.ts'

onBothStores((db) => {
  test('64 people decide the same reviews: one winner each, 409 for the others, the chain holds', async () => {
    const { wrong, odd, chain, requests } = await runRaces(db(), { races: 48, seed: 3 })
    expect({ wrong, odd, chain }).toEqual({ wrong: [], odd: [], chain: 'valid' })
    expect(requests).toBeGreaterThan(48 * 3)
  })

  test('40 single-byte edits of the audit are all noticed', async () => {
    const { done, unnoticed } = await editAuditBytes(db(), { edits: 40, seed: 3 })
    expect({ done, unnoticed }).toEqual({ done: 40, unnoticed: [] })
  })
})
