import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ModelPool } from '../../../src/scorers/local/pool.ts'
import { openModelPool } from '../../../src/scorers/local/pool.ts'

let pool: ModelPool

beforeAll(async () => {
  pool = await openModelPool({ folder: 'model', threads: 1, maxWaiting: 20 })
})
afterAll(() => pool.close())

const ticket = {
  text: 'The export fails with an error since the update and the report is due tomorrow.',
}

test('scores in another thread while this one stays responsive', async () => {
  let longestPauseMs = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longestPauseMs = Math.max(longestPauseMs, performance.now() - last)
    last = performance.now()
  }, 5)
  for (let round = 0; round < 10; round++)
    await Promise.all(Array.from({ length: 20 }, () => pool.score(ticket)))
  clearInterval(timer)
  // Generous, because the test machine is shared; `session.run` on this thread would stop it for the whole round.
  expect(longestPauseMs).toBeLessThan(500)
})

test('a full queue refuses at once instead of piling up', async () => {
  const jobs = Array.from({ length: 60 }, () =>
    pool.score(ticket).then(
      () => 'scored',
      (error: Error) => error.message,
    ),
  )
  const results = await Promise.all(jobs)
  expect(results.filter((result) => result === 'scored').length).toBeGreaterThanOrEqual(20)
  expect(results.filter((result) => result === 'queue full').length).toBeGreaterThan(0)
  expect(await pool.score(ticket)).toMatchObject({ scores: { intent: expect.anything() } })
})

test('a folder that is no model is refused with its reason', async () => {
  await expect(
    openModelPool({ folder: 'policies', threads: 1, maxWaiting: 1 }),
  ).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('config.json'),
  })
})

test('a thread that is at one text for too long is ended and replaced', async () => {
  const impatient = await openModelPool({
    folder: 'model',
    threads: 1,
    maxWaiting: 1,
    longestMs: 20,
  })
  const endless = { text: `${ticket.text}\n`.repeat(2_000) }
  await expect(impatient.score(endless)).rejects.toMatchObject({
    message: 'the scoring thread stopped',
  })
  expect(impatient.ready()).toBe(0)
  await expect.poll(() => impatient.ready(), { timeout: 20_000 }).toBe(1)
  await impatient.close()
})
