import { expect, test } from 'vitest'
import { parseCases } from '../../eval/suite/read-suite.ts'
import { PERTURBATIONS, perturbSuite } from '../../eval/suite/perturb-suite.ts'
import { suiteSchema } from '../../eval/suite/suite-definition.ts'

const IN_OTHER_WORDS = 'Nothing works any more since this morning'

function suiteOf(body: string) {
  const line = JSON.stringify({
    id: 'a',
    half: 'open',
    tags: [],
    ticket: { id: 'a', body },
    expected: { severity: 'P1' },
  })
  return {
    definition: suiteSchema.parse({ id: 's', purpose: '', gates: [] }),
    cases: parseCases(line, 'x'),
    paraphrases: new Map([['a', IN_OTHER_WORDS]]),
  }
}

test('variants name their base, keep its half and mean the same', () => {
  const body =
    'Everything has stopped working since the early morning update\n\nPlease telephone somebody responsible immediately'
  const { cases } = perturbSuite(suiteOf(body), PERTURBATIONS)
  expect(cases.map(({ id, base, half }) => [id, base, half])).toEqual([
    ['a', undefined, 'open'],
    ...PERTURBATIONS.map((kind) => [`a~${kind}`, 'a', 'open']),
  ])
  expect(cases.at(-1)?.ticket).toEqual({ id: 'a~paraphrase', body: IN_OTHER_WORDS })
  const letters = (text = '') => text.toLowerCase().split('').toSorted().join('')
  for (const { ticket } of cases.slice(0, -1)) expect(letters(ticket.body)).toBe(letters(body))
  expect(cases[1]?.ticket.body).toBe(body)
  expect(new Set(cases.slice(1).map(({ ticket }) => ticket.body)).size).toBe(5)
})

test('a variant that changes nothing is left out', () => {
  expect(perturbSuite(suiteOf('123'), ['typo', 'capitals', 'order']).cases).toHaveLength(1)
})

test('the same seed gives the same variants', () => {
  const suite = suiteOf('Something somewhere suddenly stopped processing payments completely')
  expect(perturbSuite(suite, ['typo'])).toEqual(perturbSuite(suite, ['typo']))
})
