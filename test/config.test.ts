import { expect, test } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { TriageError } from '../src/domain/errors.ts'

test('without any variable the service is on loopback with the embedded store', () => {
  expect(parseConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8787,
    loopback: true,
    dataDir: './data',
    databaseUrl: undefined,
    answerBudgetMs: 400,
  })
})

test('an empty variable counts as absent', () => {
  expect(parseConfig({ PORT: '', DATABASE_URL: '' })).toEqual(parseConfig({}))
})

test('all mistakes are named at once, and no value is shown', () => {
  const wrong = {
    PORT: '99999',
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    LOG_LEVEL: 'loud',
    INFERENCE_THREADS: 'many',
    ANSWER_BUDGET_MS: '-4',
  }
  try {
    parseConfig(wrong)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(TriageError)
    const { message } = error as TriageError
    for (const name of Object.keys(wrong)) expect(message).toContain(name)
    for (const value of Object.values(wrong)) expect(message).not.toContain(value)
  }
})

test.each(['0.0.0.0', '192.168.1.4', '::'])('%s is not loopback', (HOST) => {
  expect(parseConfig({ HOST }).loopback).toBe(false)
})
