import { expect, test } from 'vitest'
import { breakLlm } from './llm-faults.ts'

// A reduced run with a wide budget, for machines that do other things; `npm run rig:llm-faults` measures at full size.
test('an LLM server that is killed, stopped and half-open loses no ticket and no answer is late', async () => {
  const budgetMs = 2_000
  const report = await breakLlm({ seconds: 12, rate: 8, budgetMs, seed: 3 })
  expect(report.failures).toEqual([])
  expect(report.sent).toBeGreaterThan(30)
  expect(report.faults['killed']! + report.faults['stopped']!).toBeGreaterThan(1)
  expect(report.p99).toBeLessThanOrEqual(budgetMs)
}, 180_000)
