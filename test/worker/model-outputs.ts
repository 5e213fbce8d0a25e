import { readFile } from 'node:fs/promises'
import { redact } from '../../src/domain/redact.ts'
import { loadModel } from '../../src/scorers/local/load-node.ts'
import { loadWebModel } from '../../src/scorers/local/load-web.ts'
import type { LoadedModel } from '../../src/scorers/local/score-text.ts'
import { scoreText } from '../../src/scorers/local/score-text.ts'
import { tokenWindows } from '../../src/scorers/local/windows.ts'
import type { Triage } from './both-runtimes.ts'

const RUNTIME = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'

/** What the graph gives on the fixture texts of training, by output: the largest difference between the runtimes. */
export async function compareOutputs(triage?: Triage): Promise<string> {
  const { cases } = JSON.parse(await readFile('model/training/fixtures/scores.json', 'utf8')) as {
    cases: readonly { readonly text: string }[]
  }
  const node = await loadModel('model')
  const web = await openWebModel()
  const largest = new Map<string, number>()
  let windows = 0
  for (const { text } of cases)
    for (const ids of windowsOf(node, text)) {
      windows++
      const [here, there] = [await web.run(ids), await node.run(ids)]
      for (const [name, values] of Object.entries(there)) {
        const apart = Math.max(
          ...Array.from(values, (value, at) => Math.abs(value - here[name]![at]!)),
        )
        largest.set(name, Math.max(apart, largest.get(name) ?? 0))
      }
    }
  const rows = [...largest].map(([name, apart]) => `  ${name.padEnd(16)} ${apart.toPrecision(3)}`)
  const title = `Largest difference of an output on ${cases.length} fixture texts (${windows} windows), onnxruntime-web to onnxruntime-node:`
  const inWorkerd = triage === undefined ? [] : [await sameInWorkerd(web, cases, triage)]
  return [title, ...rows, ...inWorkerd].join('\n')
}

/** The same WebAssembly as the Worker's, in this process. */
async function openWebModel(): Promise<LoadedModel> {
  const json = async (name: string) => JSON.parse(await readFile(`model/${name}`, 'utf8')) as object
  const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module
  return loadWebModel({
    wasm: new Module(await readFile(RUNTIME)),
    onnx: await readFile('model/onnx/model_quantized.onnx'),
    config: await json('config.json'),
    tokenizer: await json('tokenizer.json'),
    tokenizerConfig: await json('tokenizer_config.json'),
  })
}

function windowsOf(model: LoadedModel, text: string): readonly (readonly number[])[] {
  const { max_tokens, stride, max_windows } = model.config.text
  const ids = model.tokenize(text).map((token) => token.id)
  const size = { size: max_tokens - 2, stride, most: max_windows }
  return tokenWindows(ids.length, size).map(({ start, end }) => [
    model.special.first,
    ...ids.slice(start, end),
    model.special.last,
  ])
}

/** Shows that the figures above are those of workerd too: its scores are the ones of this process. */
async function sameInWorkerd(
  web: LoadedModel,
  cases: readonly { readonly text: string }[],
  triage: Triage,
): Promise<string> {
  let same = 0
  let sent = 0
  for (const [at, { text }] of cases.entries()) {
    if (text.trim() === '') continue
    sent++
    const { signals } = await triage({ id: `fixture-${at}`, body: text })
    const { scores } = await scoreText(web, { text: redact(text).text })
    const { sentiment, intent, urgency, priority, language } = scores
    const here = { sentiment, intent, urgency, priority, language }
    const there = Object.fromEntries(
      Object.keys(here).map((head) => [head, signals[head as keyof typeof here]]),
    )
    if (JSON.stringify(here) === JSON.stringify(there)) same++
  }
  return `  ${same} of ${sent} texts have the same scores in workerd as with onnxruntime-web here`
}
