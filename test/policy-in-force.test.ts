import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer } from '../src/domain/answer.ts'
import { startService, type RunningService } from './support/service.ts'

const SAAS = readFileSync(new URL('../policies/saas.yaml', import.meta.url), 'utf8')
const STRICTER = SAAS.replace('version: "1.0.0"', 'version: "9.9.9"').replace(
  'when: { impact.affectedUsers: { gte: 50 } }',
  'when: { impact.affectedUsers: { gte: 7 } }',
)

const folder = mkdtempSync(join(tmpdir(), 'triage-policy-'))
let service: RunningService
beforeAll(async () => {
  service = await startService({ POLICY: 'published', DATA_DIR: folder })
})
afterAll(async () => {
  await service.stop()
  rmSync(folder, { recursive: true, force: true })
})

const post = async (path: string, body: object) =>
  (
    await fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).json()

const ticket = (id: string) => ({
  id,
  body: 'How do I change the colour of my report?',
  impact: { affectedUsers: 8 },
})

test('a published policy decides within seconds, without a restart; tickets before it replay under theirs', async () => {
  const before = (await post('/triage', ticket('A'))) as Answer
  expect(before.policy.version).toBe('1.0.0')
  expect(before.reasons.map(({ rule }) => rule)).not.toContain('users-many')

  await post('/policy/publish', { source: STRICTER, reason: 'eight users are many for us' })
  await expect
    .poll(
      async () => ((await post('/triage', ticket(crypto.randomUUID()))) as Answer).policy.version,
      {
        timeout: 20_000,
        interval: 500,
      },
    )
    .toBe('9.9.9')
  const after = (await post('/triage', ticket('B'))) as Answer
  expect(after.reasons.map(({ rule }) => rule)).toContain('users-many')
  expect(await post(`/decisions/${before.decisionId}/replay`, {})).toMatchObject({
    identical: true,
  })
})
