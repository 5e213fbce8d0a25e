/** RFC 4180: quotes, doubled quotes, line ends inside quotes; the first record names the columns. */
export function parseCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const records = readRecords(text.startsWith('\uFEFF') ? text.slice(1) : text)
  const [names = [], ...rows] = records
  return rows
    .filter((row) => row.length > 1 || row[0] !== '')
    .map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? ''])))
}

function readRecords(text: string): readonly (readonly string[])[] {
  const records: string[][] = [[]]
  let field = ''
  let quoted = false
  const endField = () => {
    records.at(-1)!.push(field)
    field = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (quoted) {
      if (character !== '"') field += character
      else if (text[at + 1] === '"') {
        field += '"'
        at += 1
      } else quoted = false
    } else if (character === '"') quoted = true
    else if (character === ',') endField()
    else if (character === '\n') {
      endField()
      records.push([])
    } else if (character !== '\r') field += character
  }
  endField()
  return records
}
