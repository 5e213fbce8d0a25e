import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { changedSincePull, pullModel } from '../../src/cli/pull-model.ts'

/** A hub that serves the shipped model under `ours/model`, large files by redirect, as the real one does. */
let hub: Server
let endpoint: string
let folder: string
let spoil: (file: string, bytes: Buffer) => Buffer | 'cut' | number = (_, bytes) => bytes
const asked: { url: string; authorization: string | undefined }[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'triage-pull-'))
  hub = createServer((request, response) => {
    const url = request.url ?? ''
    asked.push({ url, authorization: request.headers.authorization })
    const [, kind, file] = /^\/(ours\/model\/resolve\/main|large)\/(.+)$/.exec(url) ?? []
    if (file === undefined || !existsSync(join('model', file))) {
      response.writeHead(404).end()
      return
    }
    const bytes = readFileSync(join('model', file))
    if (file.endsWith('.onnx') && kind !== 'large') {
      response.writeHead(302, { location: `/large/${file}` }).end()
      return
    }
    const given = spoil(file, bytes)
    if (typeof given === 'number') return void response.writeHead(given).end()
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    response.writeHead(200, {
      'x-repo-commit': 'abc123',
      'content-length': bytes.length,
      ...(kind === 'large' && { 'x-linked-etag': `"${sha256}"` }),
    })
    if (given === 'cut') {
      response.write(bytes.subarray(0, bytes.length / 2))
      setTimeout(() => response.destroy(), 20)
    } else response.end(given)
  }).listen(0, '127.0.0.1')
  await once(hub, 'listening')
  endpoint = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`
})
afterAll(async () => {
  hub.closeAllConnections()
  hub.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  spoil = (_, bytes) => bytes
})

const plan = (name: string) => ({
  id: 'ours/model',
  revision: 'main',
  folder: join(folder, name),
  endpoint,
})

test('a model is fetched, checked by loading it, and its hashes are recorded', async () => {
  const pulled = await pullModel({ ...plan('good'), token: 'hf_secret' })
  expect(pulled).toMatchObject({ id: 'ours/model', revision: 'main', commit: 'abc123' })
  const onnx = readFileSync('model/onnx/model_quantized.onnx')
  expect(pulled.files['onnx/model_quantized.onnx']).toEqual({
    sha256: createHash('sha256').update(onnx).digest('hex'),
    bytes: onnx.length,
  })
  expect(asked[0]).toEqual({
    url: '/ours/model/resolve/main/config.json',
    authorization: 'Bearer hf_secret',
  })
  expect(JSON.parse(readFileSync(join(folder, 'good/pulled.json'), 'utf8'))).toEqual(pulled)
  expect(await changedSincePull(join(folder, 'good'))).toEqual([])

  appendFileSync(join(folder, 'good/tokenizer.json'), ' ')
  expect(await changedSincePull(join(folder, 'good'))).toEqual(['tokenizer.json'])
  await expect(pullModel(plan('good'))).rejects.toThrow('exists already')
})

test.each([
  ['an unknown model', { id: 'ours/other' }, undefined, 'config.json of ours/other answered 404'],
  ['a path for an id', { id: '../../etc' }, undefined, 'is not a model id'],
  ['a path for a revision', { revision: '../x' }, undefined, 'is not a revision'],
  ['a closed model', {}, (file: string, b: Buffer) => (file === 'config.json' ? 401 : b), '401'],
  [
    'a download that breaks off',
    {},
    (file: string, b: Buffer) => (file.endsWith('.onnx') ? ('cut' as const) : b),
    'broke off',
  ],
  [
    'weights that are not those of the hub',
    {},
    (file: string, b: Buffer) => (file.endsWith('.onnx') ? Buffer.alloc(b.length, 1) : b),
    'SHA-256 differs',
  ],
  [
    'a model without our heads',
    {},
    (file: string, b: Buffer) =>
      file === 'config.json' ? Buffer.from('{"version":"1"}'.padEnd(b.length)) : b,
    'heads',
  ],
])('%s is refused with its reason, and nothing is left', async (name, change, spoiled, message) => {
  if (spoiled !== undefined) spoil = spoiled
  const target = plan(name.replaceAll(' ', '-'))
  await expect(pullModel({ ...target, ...change })).rejects.toThrow(message)
  expect(existsSync(target.folder)).toBe(false)
  expect(existsSync(`${target.folder}.part`)).toBe(false)
})

test('a hub that is away is named', async () => {
  await expect(pullModel({ ...plan('away'), endpoint: 'http://127.0.0.1:9' })).rejects.toThrow(
    '127.0.0.1:9 cannot be reached',
  )
})
