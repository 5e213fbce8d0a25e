/**
 * `node eval/language.ts --data DIR`: how often a message of five words or more is told from English, per language, by
 * the model's head alone and together with the n-gram detector beside it. For English it is the share wrongly sent away.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { detectOtherLanguage } from '../src/scorers/local/language.ts'
import { loadModel } from '../src/scorers/local/load-node.ts'
import { scoreText } from '../src/scorers/local/score-text.ts'

type Row = { readonly text: string; readonly lang: string }

const FILES = [
  'labelled/dev.jsonl',
  ...['brighter_emotions', 'xlmt_sentiment', 'langid_17', 'churn_chatbot'].map(
    (set) => `public/${set}/dev.jsonl.gz`,
  ),
]
const MOST = 400

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    model: { type: 'string', default: 'model' },
  },
})
const missing = FILES.filter((name) => !existsSync(join(values.data, name)))
if (missing.length > 0) {
  console.error(
    `Cannot find ${missing.join(', ')} in ${values.data}: --data must name the shared data folder`,
  )
  process.exit(2)
}

const byLanguage = new Map<string, Row[]>()
for (const name of FILES) {
  const bytes = readFileSync(join(values.data, name))
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  for (const line of text.split('\n').filter(Boolean)) {
    const row = JSON.parse(line) as Row
    const rows = byLanguage.get(row.lang) ?? []
    byLanguage.set(row.lang, rows)
    if (rows.length < MOST && row.text.split(/\s+/).length >= 5) rows.push(row)
  }
}

const model = await loadModel(values.model)
console.log('language  messages  told from English')
for (const [language, rows] of byLanguage) {
  if (rows.length < 20) continue
  let told = 0
  let byDetector = 0
  for (const { text } of rows) {
    const { scores } = await scoreText(model, { text })
    if (scores.language !== undefined && 'code' in scores.language && scores.language.code !== 'en')
      told++
    if (detectOtherLanguage(text) !== undefined) byDetector++
  }
  const share = (count: number) => (count / rows.length).toFixed(3)
  console.log(
    `${language.padEnd(10)}${String(rows.length).padStart(8)}  ${share(told)} (detector alone ${share(byDetector)})`,
  )
}
