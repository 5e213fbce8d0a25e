import { expect, test } from 'vitest'
import { PLACES, releaseCanaries } from './canaries.ts'

// A reduced run; `npm run rig:canaries` releases ten thousand.
test('personal data in tickets is seen in no log, metric, LLM request, error, webhook or receipt', async () => {
  const report = await releaseCanaries(630, 3)
  for (const place of PLACES) expect(report.seen[place], place).toEqual({})
  expect(report.canaries).toBe(630)
  expect(report.llmRequests).toBeGreaterThan(20)
  expect(report.webhookCalls).toBeGreaterThan(20)
  expect(report.errors).toBeGreaterThan(50)
}, 180_000)
