import { TriageError } from '../../src/domain/errors.ts'

/**
 * RFC 4180 with any line end: quotes, doubled quotes, line ends inside quotes; the first record names the columns.
 * @throws TriageError naming row and column of whatever would lose or move a value. Row 1 is the header.
 */
export function parseCsv(text: string, file: string): readonly Readonly<Record<string, string>>[] {
  const [names = [], ...rows] = readRecords(text.startsWith('\uFEFF') ? text.slice(1) : text, file)
  const repeated = names.find((name, at) => name !== '' && names.indexOf(name) !== at)
  if (repeated !== undefined) throw unreadable(file, `two columns are named "${repeated}"`)
  return rows.flatMap((row, at) => {
    if (row.length === 1 && row[0] === '') return []
    if (row.length !== names.length)
      throw unreadable(
        `${file}, row ${at + 2}`,
        `${row.length} values for the ${names.length} columns ${names.join(', ')}`,
      )
    return [Object.fromEntries(names.map((name, place) => [name, row[place]!]))]
  })
}

function readRecords(text: string, file: string): readonly (readonly string[])[] {
  const records: string[][] = [[]]
  let field = ''
  let state: 'empty' | 'plain' | 'quoted' | 'closed' = 'empty'
  const endField = () => {
    records.at(-1)!.push(field)
    field = ''
    state = 'empty'
  }
  const fail = (problem: string) => {
    const place = records.at(-1)!.length
    const column = records.length === 1 ? place + 1 : `"${records[0]![place] ?? place + 1}"`
    return unreadable(`${file}, row ${records.length}, column ${column}`, problem)
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (state === 'quoted') {
      if (character !== '"') field += character
      else if (text[at + 1] === '"') {
        field += '"'
        at += 1
      } else state = 'closed'
    } else if (character === ',') endField()
    else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') at += 1
      endField()
      records.push([])
    } else if (state === 'closed') throw fail('there is text after the closing quote')
    else if (character !== '"') {
      field += character
      state = 'plain'
    } else if (state === 'plain')
      throw fail('a value with a quote in it must be quoted, with that quote doubled')
    else state = 'quoted'
  }
  if (state === 'quoted') throw fail('the quote is never closed')
  endField()
  return records
}

function unreadable(where: string, problem: string): TriageError {
  return new TriageError('configuration', `Cannot read ${where}: ${problem}`)
}
