import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../src/domain/answer.ts'

type Run = { readonly code: number | null; readonly out: string; readonly err: string }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triage-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function triage(
  args: readonly string[],
  input = '',
  env: Record<string, string> = {},
): Promise<Run> {
  const child = spawn(process.execPath, ['src/cli.ts', ...args], {
    env: { ...process.env, DATA_DIR: join(folder, 'data'), ...env },
  })
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}

const CRITICAL =
  'All our customer data is gone since the import. We cannot process any orders, this is ridiculous.'

describe('triage "text"', () => {
  test('shows the decision with the customer’s words marked, the owner, the clocks and the reasons', async () => {
    const { code, out } = await triage([CRITICAL])
    expect(code).toBe(0)
    expect(out).toContain('this is ridiculous [outrage]')
    expect(out).toMatch(/P1 CRITICAL .*HELD FOR A PERSON/)
    for (const part of ['Owner', 'backup', 'first response', 'Why', 'Scores', 'intent'])
      expect(out).toContain(part)
    expect(out).not.toContain('\u001b[')
  })

  test('--json prints what POST /triage answers, also from standard input and for a JSON ticket in a file', async () => {
    const piped = JSON.parse((await triage(['-', '--json'], CRITICAL)).out) as Answer
    expect(piped).toMatchObject({ severity: 'P1', disposition: 'review', actions: [] })
    const file = join(folder, 'ticket.json')
    await writeFile(
      file,
      JSON.stringify({ id: 'F-1', subject: 'Hello', body: 'How do I add a colleague to my team?' }),
    )
    const fromFile = JSON.parse((await triage([file, '--json'])).out) as Answer
    expect(fromFile).toMatchObject({ ticketId: 'F-1', severity: 'P4' })
  })

  test('control characters of a ticket never reach the terminal', async () => {
    const { out } = await triage(
      ['-'],
      'Hello \u001b[31m\u001b]0;owned\u0007 help me please with my invoice',
    )
    expect(out).not.toContain('\u001b')
    expect(out).not.toContain('\u0007')
  })

  test('wrong input and a wrong configuration have their own exit codes', async () => {
    expect(await triage(['-'], '{"id": 4}')).toMatchObject({
      code: 1,
      err: expect.stringContaining('/id'),
    })
    expect(await triage(['hello'], '', { PORT: 'x' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('PORT'),
    })
    expect(await triage(['hello'], '', { MODEL: '/nowhere' })).toMatchObject({ code: 2 })
    expect((await triage(['--help'])).out).toContain('Examples:')
  })
})

test('policy check lists every problem by line and column', async () => {
  const file = join(folder, 'broken.yaml')
  await writeFile(
    file,
    'id: x\nversion: "1"\ntriggers:\n  - id: a\n    when: { custmer.tier: gold }\n    raise: P9\n',
  )
  const { code, out } = await triage(['policy', 'check', file])
  expect(code).toBe(2)
  expect(out).toMatch(/broken\.yaml:5:\d+ .*custmer\.tier/)
  expect(out).toMatch(/broken\.yaml:6:\d+ /)
  expect(await triage(['policy', 'check'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('no problems'),
  })
})

test('keys are made, listed and revoked, and the audit chain holds over it', async () => {
  const made = await triage(['keys', 'create', '--role', 'platform', '--name', 'zendesk', '--json'])
  const { id, key } = JSON.parse(made.out) as { id: string; key: string }
  expect(key).toMatch(/^trg_[A-Za-z0-9_-]{43}$/)
  const listed = await triage(['keys', 'list', '--json'])
  expect(listed.out).toContain(id)
  expect(listed.out).not.toContain(key)
  expect(await triage(['keys', 'revoke', id])).toMatchObject({ code: 0 })
  expect(await triage(['keys', 'revoke', id])).toMatchObject({ code: 1 })
  expect(await triage(['audit', 'verify'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('The chain holds'),
  })
})
