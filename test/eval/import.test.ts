import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { importCommand } from '../../eval/cli/import-command.ts'
import { importedCase } from '../../eval/import/imported-case.ts'
import { mapRow, parseColumnMap } from '../../eval/import/map-columns.ts'
import { parseCsv } from '../../eval/import/parse-csv.ts'
import { readSharedData } from '../../eval/import/shared-data.ts'
import { parseCases, readSuite } from '../../eval/suite/read-suite.ts'

describe('parseCsv()', () => {
  test('reads quotes, doubled quotes, commas and line ends inside quotes', () => {
    expect(parseCsv('\uFEFFa,b\r\n"x, ""y""\nz",2\r\n,\n', 'x.csv')).toEqual([
      { a: 'x, "y"\nz', b: '2' },
      { a: '', b: '' },
    ])
  })

  test('reads line ends of any kind', () => {
    const rows = [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]
    for (const end of ['\n', '\r\n', '\r'])
      expect(parseCsv(['a,b', '1,2', '3,4'].join(end), 'x.csv')).toEqual(rows)
  })

  test.each([
    ['a quote inside a value', 'a,b\n1,5" screen\n2,"x"\n', 'x.csv, row 2, column "b": a value'],
    ['a quote that is never closed', 'a,b\n1,2\n3,"x\n4,5\n', 'row 3, column "b": the quote'],
    ['text after a quote', 'a,b\n"1"2,3\n', 'row 2, column "a": there is text'],
    ['a value too many', 'a,b\n1,2\n\n1,2,3\n', 'row 4: 3 values for the 2 columns a, b'],
    ['a value too few', 'a,b\n1\n', 'row 2: 1 values'],
    ['two columns of one name', 'a,a\n1,2\n', 'two columns are named "a"'],
  ])('names the place of %s', (_, text, message) => {
    expect(() => parseCsv(text, 'x.csv')).toThrow(message)
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

describe('eval import', () => {
  async function importCsv(name: string, text: string, map?: string) {
    const folder = await mkdtemp(join(tmpdir(), 'eval-import-'))
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    try {
      await writeFile(join(folder, name), text)
      const to = join(folder, 'suites')
      await importCommand(join(folder, name), { to, ...(map !== undefined && { map }) })
      return await readSuite(String(written.mock.calls.at(-1)?.[0]).trim())
    } finally {
      written.mockRestore()
      await rm(folder, { recursive: true })
    }
  }

  test('a mapped column that is not there is named with those that are', async () => {
    const text = 'message,category\nall down,outage\n'
    await expect(importCsv('x.csv', text, 'body=message,intent=categry')).rejects.toThrow(
      /Cannot map intent=categry: the columns of .*x.csv are message, category/,
    )
  })

  test('a file of digits becomes a suite that can be read', async () => {
    const { definition, cases } = await importCsv('20261121.csv', 'body\nall down\n')
    expect([definition.id, cases.length]).toEqual(['20261121', 1])
  })

  test('a file without cases is no suite', async () => {
    await expect(importCsv('x.csv', 'body,intent\n')).rejects.toThrow('there is no case in it')
  })
})

test('a missing data folder is named', async () => {
  await expect(readSharedData('/nowhere')).rejects.toThrow(
    '/nowhere must be the folder with labelled/, written/ and public/',
  )
})
