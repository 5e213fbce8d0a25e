import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Scores } from '../../../src/domain/signal.ts'
import { CLASS_HEADS } from '../../../src/scorers/local/model-config.ts'
import { loadModel } from '../../../src/scorers/local/load-node.ts'
import { poolWindows, probabilitiesOf } from '../../../src/scorers/local/pool-windows.ts'
import type { LoadedModel } from '../../../src/scorers/local/score-text.ts'
import { scoreText } from '../../../src/scorers/local/score-text.ts'
import { tokenWindows } from '../../../src/scorers/local/windows.ts'

type TokenizationCase = { readonly text: string; readonly windows: readonly (readonly number[])[] }
type ScoreCase = {
  readonly text: string
  readonly windows: number
  readonly probabilities: Readonly<Record<string, readonly number[]>>
  readonly embedding: readonly number[]
  readonly triggers: readonly {
    readonly kind: string
    readonly start: number
    readonly end: number
    readonly quote: string
  }[]
}

/** int8 activations are scaled per pass, and CPUs round them differently; labels must agree, probabilities nearly. */
const TOLERANCE = 0.02

let model: LoadedModel
let tokenization: readonly TokenizationCase[]
let scores: readonly ScoreCase[]

const fixture = async <T>(name: string) =>
  (
    JSON.parse(await readFile(`model/training/fixtures/${name}.json`, 'utf8')) as {
      cases: readonly T[]
    }
  ).cases

beforeAll(async () => {
  model = await loadModel('model')
  tokenization = await fixture<TokenizationCase>('tokenization')
  scores = await fixture<ScoreCase>('scores')
})

test('the fixtures are those of the shipped model', async () => {
  const { model: version } = JSON.parse(
    await readFile('model/training/fixtures/scores.json', 'utf8'),
  ) as { model: string }
  expect(version).toBe(model.config.version)
  expect(tokenization.length).toBeGreaterThan(150)
  expect(scores.length).toBeGreaterThan(40)
})

test('texts become the same ids in the same windows as in training', () => {
  const { max_tokens, stride, max_windows } = model.config.text
  for (const { text, windows } of tokenization) {
    const ids = model.tokenize(text).map((token) => token.id)
    const ours = tokenWindows(ids.length, { size: max_tokens - 2, stride, most: max_windows }).map(
      ({ start, end }) => [model.special.first, ...ids.slice(start, end), model.special.last],
    )
    expect(ours, text.slice(0, 60)).toEqual(windows)
  }
})

test('the graph gives the probabilities that training measured', async () => {
  const { max_tokens, stride, max_windows } = model.config.text
  let agreeing = 0
  let heads = 0
  for (const { text, probabilities } of scores) {
    const ids = model.tokenize(text).map((token) => token.id)
    const outputs = []
    for (const { start, end } of tokenWindows(ids.length, {
      size: max_tokens - 2,
      stride,
      most: max_windows,
    }))
      outputs.push(
        await model.run([model.special.first, ...ids.slice(start, end), model.special.last]),
      )
    for (const name of CLASS_HEADS) {
      const head = model.config.heads[name]!
      const ours = poolWindows(
        head,
        outputs.map((values) => probabilitiesOf(head, values[head.output]!)),
      )
      const theirs = probabilities[name]!
      heads++
      if (ours.indexOf(Math.max(...ours)) === theirs.indexOf(Math.max(...theirs))) agreeing++
      ours.forEach((p, label) =>
        expect(Math.abs(p - theirs[label]!), `${name} of ${text.slice(0, 40)}`).toBeLessThan(
          TOLERANCE,
        ),
      )
    }
  }
  expect(agreeing / heads).toBeGreaterThanOrEqual(0.99)
})

describe('scoreText()', () => {
  test('finds the trigger quotes that training found, with exact offsets', async () => {
    let same = 0
    let all = 0
    for (const { text, triggers } of scores) {
      const { scores: ours } = await scoreText(model, { text })
      for (const hit of ours.triggers ?? []) expect(text.slice(hit.start, hit.end)).toBe(hit.quote)
      if (
        ours.intent !== undefined &&
        'unscored' in ours.intent &&
        ours.intent.unscored.startsWith('language')
      )
        continue
      all += triggers.length
      same += triggers.filter((hit) =>
        ours.triggers?.some((other) => other.quote === hit.quote && other.kind === hit.kind),
      ).length
    }
    expect(all).toBeGreaterThan(5)
    expect(same / all).toBeGreaterThanOrEqual(0.95)
  })

  test.each([
    [
      'it',
      'Complimenti davvero, il tecnico è stato puntuale, gentile e bravissimo. Siamo contenti.',
    ],
    ['fr', 'Un ransomware a chiffré le serveur cette nuit et une note réclame un paiement rapide.'],
    ['ro', 'Bună ziua, unde pot schimba adresa de facturare? Am căutat în setări și nu o găsesc.'],
    ['cs', 'Od rána nefunguje v našich prodejnách ani jedna pokladna, zákazníci odcházejí.'],
  ])('%s is named and goes unscored, whatever it shares with English', async (code, text) => {
    const { scores: ours } = await scoreText(model, { text })
    expect(ours.language).toMatchObject({ code })
    expect(ours.intent).toEqual({ unscored: `language ${code} is not supported` })
  })

  test('a text scores the same bits alone and among others', async () => {
    const texts = scores.slice(0, 20).map(({ text }) => text)
    const alone = []
    for (const text of texts) alone.push(await scoreText(model, { text }))
    const together = await Promise.all(texts.map((text) => scoreText(model, { text })))
    expect(together).toEqual(alone)
  })

  test('another language is unscored with the reason, never a guess', async () => {
    const { scores: ours } = await scoreText(model, {
      text: 'Guten Tag, seit heute Morgen können wir uns nicht mehr anmelden und verlieren Geld. Bitte helfen Sie uns schnell.',
    })
    expect(ours.language).toMatchObject({ code: 'de' })
    expect(ours.intent).toEqual({ unscored: 'language de is not supported' })
    expect(ours.triggers).toEqual([])
  })

  test.each([
    [
      'fr',
      'Bonjour, depuis ce matin nous ne pouvons plus nous connecter à notre compte et nos clients attendent.',
    ],
    [
      'it',
      'Buongiorno, da stamattina non riusciamo più ad accedere e i nostri clienti stanno aspettando.',
    ],
    [
      'nl',
      'Goedemorgen, sinds vanochtend kunnen we niet meer inloggen en onze klanten wachten op antwoord.',
    ],
    [
      'es',
      'Buenos días, desde esta mañana no podemos entrar en nuestra cuenta y los clientes esperan.',
    ],
    ['ja', '今朝からログインできません。お客様が待っていますので、至急ご対応をお願いします。'],
  ])('%s is not taken for English', async (code, text) => {
    const { scores: ours } = await scoreText(model, { text })
    expect(ours.language).toMatchObject({ code })
    expect(ours.intent).toEqual({ unscored: `language ${code} is not supported` })
  })

  test.each([
    'ok thx',
    'help!!',
    'Refund pls',
    'pw reset not working',
    'WTF is this??',
    'Ciao, my invoice is wrong again and nobody answers',
  ])('short English stays English: %s', async (text) => {
    expect((await scoreText(model, { text })).scores.language).toMatchObject({ code: 'en' })
  })

  test.each(['', '   \n\t', '\u200b\u200b'])('%j has nothing to score', async (text) => {
    expect((await scoreText(model, { text })).scores.intent).toEqual({
      unscored: 'no words to score',
    })
  })

  test('what is said at the end of a very long text still counts', async () => {
    const filler = 'We had a look at the monthly report and it looks fine so far. '.repeat(400)
    const { scores: calm } = await scoreText(model, { text: filler })
    const { scores: ours } = await scoreText(model, {
      text: `${filler}All our customer data was stolen by hackers last night and they demand a ransom now.`,
    })
    expect(ours.priority).toMatchObject({ label: 'critical' })
    expect(criticality(ours)).toBeGreaterThan(criticality(calm) + 0.1)
  })
})

function criticality({ priority }: Scores): number {
  return priority !== undefined && 'label' in priority && priority.label === 'critical'
    ? priority.confidence
    : 0
}
