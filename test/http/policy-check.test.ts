import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../support/app.ts'
import { openApp } from '../support/app.ts'
import type { Db } from '../../src/store/db.ts'
import { openTestPglite } from '../support/store.ts'

const SAAS = readFileSync(new URL('../../policies/saas.yaml', import.meta.url), 'utf8')

type Check = {
  ok: boolean
  problems: { line: number; message: string }[]
  findings: { code: string; level: string; line: number; witness: { facts: object } }[]
}

let db: Db
let api: TestApp
beforeAll(async () => {
  db = await openTestPglite()
  api = await openApp(db)
})
afterAll(() => db.close())

const check = async (source: string, type = 'application/yaml') =>
  api.post('/policy/check', source, { 'content-type': type })

describe('POST /policy/check', () => {
  test('finds nothing that blocks in the shipped policy', async () => {
    const answer = (await (await check(SAAS)).json()) as Check
    expect(answer.ok).toBe(true)
    expect(answer.problems).toEqual([])
  })

  test('shows a ticket that two routes match, at the line of the second', async () => {
    const faulty = SAAS.replace(
      'otherwise:\n',
      '  - { id: twice, when: { type: billing, severity: P4 }, team: support, because: small sums }\n\notherwise:\n',
    )
    const answer = (await (await check(faulty)).json()) as Check
    expect(answer.ok).toBe(false)
    const line = faulty.split('\n').findIndex((text) => text.includes('id: twice')) + 1
    expect(answer.findings.filter(({ level }) => level === 'error')).toMatchObject([
      { code: 'route-overlap', line, witness: { facts: { type: 'billing' } } },
    ])
  })

  test('lists the problems of a text that is no policy', async () => {
    const answer = (await (await check('id: [')).json()) as Check
    expect(answer).toMatchObject({ ok: false, findings: [] })
    expect(answer.problems[0]?.line).toBe(1)
  })

  test('refuses another content type', async () => {
    expect((await check('{}', 'application/json')).status).toBe(415)
  })
})
