import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compilePolicy } from '../../src/domain/compile-policy.ts'
import type { Policy } from '../../src/domain/policy.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { replay } from '../../src/replay.ts'

/** Written by the release before teams took turns: capacity, leave, last resort, floors and revisions. */
const OLD = JSON.parse(
  readFileSync(new URL('old-receipts/receipts.json', import.meta.url), 'utf8'),
) as { readonly policy: Policy; readonly receipts: readonly Receipt[] }

test('decisions of earlier releases replay byte for byte', () => {
  const policy = compilePolicy(OLD.policy)
  expect(OLD.receipts).toHaveLength(40)
  for (const receipt of OLD.receipts) {
    const { decision, differences } = replay(receipt, policy)
    expect(differences).toEqual([])
    expect(JSON.stringify(decision)).toBe(JSON.stringify(receipt.decision))
  }
})
