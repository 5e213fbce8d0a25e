import { describe, expect, test } from 'vitest'
import { importedCase } from '../../eval/import/imported-case.ts'
import { mapRow, parseColumnMap } from '../../eval/import/map-columns.ts'
import { parseCsv } from '../../eval/import/parse-csv.ts'
import { readSharedData } from '../../eval/import/shared-data.ts'
import { parseCases } from '../../eval/suite/read-suite.ts'

describe('parseCsv()', () => {
  test('reads quotes, doubled quotes, commas and line ends inside quotes', () => {
    expect(parseCsv('\uFEFFa,b\r\n"x, ""y""\nz",2\r\n,\n')).toEqual([
      { a: 'x, "y"\nz', b: '2' },
      { a: '', b: '' },
    ])
  })
})

describe('a mapped row', () => {
  test('becomes a case with severity and type from its labels', () => {
    const map = parseColumnMap('id=ticket,body=message,intent=category,priority=prio,emotions=feel')
    const record = {
      ticket: 7,
      message: 'all down',
      category: 'outage',
      prio: 'critical',
      feel: 'anger;worry',
    }
    const line = JSON.stringify(importedCase(mapRow(record, map, 0)))
    const [evalCase] = parseCases(line, 'x')
    expect(evalCase).toMatchObject({
      id: '7',
      half: 'open',
      ticket: { body: 'all down' },
      expected: {
        severity: { most: 'P1', least: 'P1' },
        type: ['technical'],
        intent: ['outage'],
        emotions: ['anger', 'worry'],
      },
    })
  })

  test('names a field that does not exist', () => {
    expect(() => parseColumnMap('mood=x')).toThrow('Cannot map "mood"')
  })
})

test('a missing data folder is named', async () => {
  await expect(readSharedData('/nowhere')).rejects.toThrow(
    '/nowhere must be the folder with labelled/, written/ and public/',
  )
})
