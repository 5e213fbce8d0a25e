import { expect, test } from 'vitest'
import { countedReasons, reasonText } from '../../src/domain/review-reasons.ts'

test.each([
  [['Wrong team', 'Too severe'], 'it is an invoice', ['Wrong team', 'Too severe']],
  [['Duplicate'], undefined, ['Duplicate']],
  [[], 'Because: of this; and that', ['Because: of this; and that']],
  [[], 'Wrong team is not what I would say', ['Wrong team is not what I would say']],
])('%j and %s are counted as %j', (picked, typed, counted) => {
  expect(countedReasons(reasonText(picked, typed))).toEqual(counted)
})
