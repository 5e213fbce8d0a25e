import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { publishedPolicy } from '../../src/store/publications.ts'
import { verifyChain, seal } from '../../src/store/seal.ts'
import type { TestApp } from '../support/app.ts'
import { criticalTicket, harmlessTicket, openApp } from '../support/app.ts'
import { openTestPglite } from '../support/store.ts'

const SAAS = readFileSync(new URL('../../policies/saas.yaml', import.meta.url), 'utf8')
/** Nobody is critical for many users any more, and the line says which. */
const FEWER = SAAS.replace(
  'when: { impact.affectedUsers: { gte: 500 } }',
  'when: { impact.affectedUsers: { gte: 5000 } }',
).replace('version: "1.0.0"', 'version: "1.1.0"')
const LIMITED = `${FEWER.replace('"1.1.0"', '"1.2.0"')}\nlimits: { review_share: 0.01 }\n`

let db: Db
let api: TestApp
beforeAll(async () => {
  db = await openTestPglite()
  api = await openApp(db)
  for (let count = 0; count < 3; count += 1) {
    await api.triage(criticalTicket(`T-${count}`))
    await api.triage(harmlessTicket(`H-${count}`))
  }
})
afterAll(() => db.close())

const yaml = (path: string, source: string) =>
  api.post(path, source, { 'content-type': 'application/yaml' })

describe('versions of the policy', () => {
  test('a backtest decides the stored tickets again', async () => {
    const same = (await (await yaml('/policy/backtest', SAAS)).json()) as object
    expect(same).toMatchObject({ tickets: 6, moved: 0, lowered: 0 })
    expect((await yaml('/policy/backtest?limit=0', SAAS)).status).toBe(422)
    expect((await yaml('/policy/backtest', 'id: nothing')).status).toBe(422)
  })

  test('a backtest decides a revised ticket from its first decision on', async () => {
    const calm = { id: 'R-1', subject: 'Export', body: 'How can I export my contacts, please?' }
    await api.triage({ ...calm, impact: { affectedUsers: 900 } })
    const { severity } = await api.triage({ ...calm, impact: { affectedUsers: 1 } })
    expect(severity).toBe('P1')
    const result = (await (await yaml('/policy/backtest', FEWER)).json()) as object
    expect(result).toMatchObject({ tickets: 7, moved: 1, lowered: 1 })
    expect(await (await yaml('/policy/backtest', SAAS)).json()).toMatchObject({ moved: 0 })
  })

  test('publish, list, refuse beyond the limits, roll back; each audited', async () => {
    const publish = (source: string) =>
      api.post('/policy/publish', { source, reason: 'fewer false alarms' })
    const first = (await (await publish(SAAS)).json()) as { hash: string; changed: boolean }
    expect(first.changed).toBe(true)
    expect(await (await publish(SAAS)).json()).toMatchObject({ hash: first.hash, changed: false })
    const second = (await (await publish(FEWER)).json()) as { hash: string }
    expect((await publishedPolicy(db))?.hash).toBe(second.hash)

    const refused = await publish(LIMITED)
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({
      refusals: [expect.stringMatching(/held for a person: .* the policy allows 1 %/)],
    })
    expect((await publishedPolicy(db))?.hash).toBe(second.hash)

    const overlapping = SAAS.replace(
      'otherwise:\n',
      '  - { id: twice, when: { type: billing }, team: support, because: small sums }\n\notherwise:\n',
    )
    const broken = await publish(overlapping)
    expect(broken.status).toBe(422)
    expect(JSON.stringify(await broken.json())).toContain('route-overlap')

    const back = await api.post('/policy/rollback', { reason: 'too few alarms' })
    expect(await back.json()).toEqual({ hash: first.hash })
    const again = await api.post('/policy/rollback', { hash: first.hash.slice(0, 10), reason: 'x' })
    expect(again.status).toBe(409)
    const { versions } = (await (await api.get('/policy/versions')).json()) as {
      versions: object[]
    }
    expect(versions).toMatchObject([
      { hash: first.hash, kind: 'rolled_back', reason: 'too few alarms', version: '1.0.0' },
      { hash: second.hash, kind: 'published', version: '1.1.0' },
      { hash: first.hash, kind: 'published' },
    ])
    const actions = await db.rows<{ action: string }>(
      `select action from audit where action like 'policy.%' order by id`,
    )
    expect(actions.map(({ action }) => action)).toEqual([
      'policy.published',
      'policy.published',
      'policy.rolled_back',
    ])
    while ((await seal(db, new Date())) > 0);
    expect((await verifyChain(db)).ok).toBe(true)
  })

  test('each roll back goes a version further, never to one that was gone back from', async () => {
    const version = (name: string) => SAAS.replace('version: "1.0.0"', `version: "${name}"`)
    const publish = async (name: string) => {
      const source = version(name)
      const answer = await api.post('/policy/publish', { source, reason: 'next' })
      return ((await answer.json()) as { hash: string }).hash
    }
    const rollBack = async () =>
      (await (await api.post('/policy/rollback', { reason: 'bad' })).json()) as { hash: string }
    const a = await publish('2.0.0')
    const b = await publish('2.1.0')
    await publish('2.2.0')
    expect([(await rollBack()).hash, (await rollBack()).hash]).toEqual([b, a])
    // What is published after going back has that before it, also when it is an older one once more.
    await publish('2.3.0')
    await publish('2.0.0')
    await rollBack()
    expect(await rollBack()).toEqual({ hash: a })
  })

  test('two who publish at once leave one in force and a whole history', async () => {
    const sources = [SAAS, FEWER, SAAS.replace('version: "1.0.0"', 'version: "1.3.0"')]
    const answers = await Promise.all(
      sources.map((source) => api.post('/policy/publish', { source, reason: 'race' })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const { versions } = (await (await api.get('/policy/versions')).json()) as {
      versions: { hash: string }[]
    }
    expect((await publishedPolicy(db))?.hash).toBe(versions[0]?.hash)
    versions.slice(1).forEach(({ hash }, index) => expect(hash).not.toBe(versions[index]?.hash))
  })

  test('the picture shows the way of a ticket', async () => {
    const plain = await api.get('/policy/diagram')
    expect(plain.headers.get('content-type')).toContain('image/svg+xml')
    expect(await plain.text()).not.toContain('class="box severity P1 taken"')
    const taken = await (await api.get('/policy/diagram?ticket=T-1')).text()
    expect(taken).toContain('class="box severity P1 taken"')
    expect(taken).toContain('class="box gate taken"')
    expect((await api.get('/policy/diagram?ticket=nope')).status).toBe(404)
    const mermaid = await api.get('/policy/diagram?ticket=T-1', { accept: 'text/vnd.mermaid' })
    expect(await mermaid.text()).toMatch(/^---\ntitle: "saas 1\.0\.0"\n---\nflowchart LR\n/)
  })
})
