/**
 * The case list: it filters what is embedded and builds elements with `textContent` only, so no ticket text is ever
 * parsed as HTML. Kept as text because it runs in the reader's browser.
 */
export const CLIENT = `
const cases = JSON.parse(document.getElementById('cases').textContent)
const list = document.getElementById('list')
const search = document.getElementById('search')
const suite = document.getElementById('suite')
const show = document.getElementById('show')
const found = document.getElementById('found')
const MOST = 200
const element = (name, text, kind) => {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = text
  if (kind) made.className = kind
  return made
}
const quoted = (text, evidence) => {
  const pre = element('pre')
  let at = 0
  for (const { start, end } of [...evidence].sort((a, b) => a.start - b.start)) {
    if (start < at) continue
    pre.append(text.slice(at, start), element('mark', text.slice(start, end)))
    at = end
  }
  pre.append(text.slice(at))
  return pre
}
const open = (details, item) => {
  details.append(element('h3', 'Ticket'), quoted(item.text, item.evidence))
  const table = element('table')
  for (const [name, expected, actual, right] of item.grades) {
    const row = table.insertRow()
    row.append(element('td', name), element('td', expected), element('td', actual === null ? 'unscored' : actual, right === null ? 'soft' : right ? 'pass' : 'fail'))
  }
  details.append(element('h3', 'Expected and decided'), table, element('h3', 'Reasons'))
  for (const reason of item.reasons) details.append(element('p', reason))
  details.append(element('h3', 'Receipt'), element('pre', JSON.stringify(item.receipt, null, 1)))
}
const card = (item) => {
  const details = element('details')
  const summary = element('summary')
  summary.append(element('span', item.verdict, item.right ? 'pass' : 'fail'), ' ' + item.id + ' · ' + item.text.slice(0, 90).replace(/\\s+/g, ' '))
  for (const tag of item.tags) summary.append(element('span', tag, 'tag'))
  details.append(summary)
  details.addEventListener('toggle', () => { if (details.open && details.children.length === 1) open(details, item) })
  return details
}
const refresh = () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  const matching = cases.filter((item) =>
    (suite.value === '' || item.suite === suite.value) &&
    (show.value === 'all' || (show.value === 'wrong') === !item.right) &&
    words.every((word) => item.haystack.includes(word)))
  found.textContent = matching.length + ' of ' + cases.length + ' cases' + (matching.length > MOST ? ', the first ' + MOST + ' are shown' : '')
  list.replaceChildren(...matching.slice(0, MOST).map(card))
}
for (const item of cases) item.haystack = [item.id, item.suite, item.verdict, item.text, item.tags.join(' '), item.reasons.join(' ')].join(' ').toLowerCase()
for (const control of [search, suite, show]) control.addEventListener('input', refresh)
refresh()
`
