import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createIsolateModel } from '../../src/compose/worker-model.ts'
import { TriageError } from '../../src/domain/errors.ts'
import type { LoadedModel } from '../../src/scorers/local/score-text.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const MODEL = {
  config: { version: '1' },
  tokenize: () => [],
  special: { first: 0, last: 0 },
  run: async () => ({}),
} as unknown as LoadedModel

function open(load: (assets: string) => Promise<LoadedModel>) {
  let elapsed = 0
  const model = createIsolateModel<string>({
    version: '1',
    load,
    waitMs: 1_000,
    elapsedMs: () => elapsed,
  })
  const kept: Promise<unknown>[] = []
  const request = (assets: string) => ({
    assets,
    waitUntil: (work: Promise<unknown>) => void kept.push(work),
  })
  return {
    score: (assets = 'a') => model.scorerFor(request(assets)).score({ text: 'hello' }),
    check: (assets = 'a') => model.checkFor(request(assets)),
    pass: (ms: number) => void (elapsed += ms),
    kept,
  }
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'scored',
    (error: Error) => error.message,
  )

test('many requests of a new isolate share one load', async () => {
  const load = vi.fn<(assets: string) => Promise<LoadedModel>>(async () => MODEL)
  const { score, check, kept } = open(load)
  await Promise.all([score('a'), score('b'), score('c')])
  await score('d')
  expect(load.mock.calls).toEqual([['a']])
  expect(kept.length).toBe(1)
  expect(await check()).toMatchObject({ name: 'model', ok: true })
})

test('a failed load is named, not asked for again at once, and tried again later', async () => {
  let working = false
  const load = vi.fn<(assets: string) => Promise<LoadedModel>>(async () => {
    if (working) return MODEL
    throw new Error('a stack with secrets')
  })
  const { score, check, pass } = open(load)
  await expect(score()).rejects.toThrow('the model could not be loaded')
  await expect(score()).rejects.toThrow(TriageError)
  expect(await check()).toEqual({
    name: 'model',
    ok: false,
    detail: 'the model could not be loaded',
  })
  expect(load).toHaveBeenCalledTimes(1)
  working = true
  pass(6_000)
  await score()
  expect(load).toHaveBeenCalledTimes(2)
})

test('a ticket does not wait longer than it may, and the next one finds the model', async () => {
  let finish = (_model: LoadedModel) => {}
  const { score } = open(() => new Promise((resolve) => (finish = resolve)))
  const late = messageOf(score())
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await late).toBe('the model is still being loaded')
  finish(MODEL)
  await vi.advanceTimersByTimeAsync(0)
  await score()
})

test('a load that went away with its request is started again by another one', async () => {
  const load = vi.fn<(assets: string) => Promise<LoadedModel>>(async (assets) =>
    assets === 'gone' ? new Promise<never>(() => {}) : MODEL,
  )
  const { score, pass } = open(load)
  const lost = messageOf(score('gone'))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await lost).toBe('the model is still being loaded')
  pass(21_000)
  await score('here')
  expect(load).toHaveBeenCalledTimes(2)
})

test('assets of another release are refused, because receipts would name the wrong model', async () => {
  const other = { ...MODEL, config: { ...MODEL.config, version: '2' } }
  await expect(open(async () => other).score()).rejects.toThrow('model 2, this release is for 1')
})
