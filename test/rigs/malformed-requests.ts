import { Readable } from 'node:stream'

/** One request that must be refused with a 4xx problem document. */
export type MalformedRequest = {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | (() => Readable)
}

type Random = () => number

const JSON_TYPE = { 'content-type': 'application/json' }
const GOOD =
  '{"id":"T-1","subject":"Export fails","body":"The export ends with an error since Monday."}'

/** Every kind of broken request we know, varied by `random`; the kinds take turns so that each is tried equally often. */
export function malformedRequest(index: number, random: Random): MalformedRequest {
  return KINDS[index % KINDS.length]!(random)
}

export const KIND_COUNT = () => KINDS.length

const KINDS: readonly ((random: Random) => MalformedRequest)[] = [
  (random) => ({
    name: 'truncated JSON',
    headers: JSON_TYPE,
    body: GOOD.slice(0, 1 + Math.floor(random() * (GOOD.length - 2))),
  }),
  (random) => ({ name: 'broken JSON', headers: JSON_TYPE, body: withStrayCharacter(random) }),
  (random) => ({ name: 'invalid UTF-8', headers: JSON_TYPE, body: withInvalidUtf8(random) }),
  (random) => ({ name: 'deep arrays', headers: JSON_TYPE, body: nested('[', ']', depth(random)) }),
  (random) => ({
    name: 'deep objects',
    headers: JSON_TYPE,
    body: nested('{"a":', '}', depth(random)).replace('}', '1}'),
  }),
  (random) => ({
    name: 'huge number',
    headers: JSON_TYPE,
    body: withField('impact', `{"affectedUsers":${hugeNumber(random)}}`),
  }),
  (random) => ({
    name: 'wrong content type',
    headers: { 'content-type': pick(random, WRONG_TYPES) },
    body: GOOD,
  }),
  () => ({ name: 'no content type', headers: {}, body: new TextEncoder().encode(GOOD) }),
  () => ({
    name: 'oversize',
    headers: JSON_TYPE,
    body: withField('channel', JSON.stringify('x'.repeat(1_100_000))),
  }),
  () => ({
    name: 'oversize chunked',
    headers: JSON_TYPE,
    body: () => Readable.from(chunks(40, 64 * 1024)),
  }),
  (random) => ({
    name: 'prototype key',
    headers: JSON_TYPE,
    body: withField(pick(random, PROTOTYPE_KEYS), '{"severity":"P4"}'),
  }),
  (random) => ({
    name: 'nested prototype key',
    headers: JSON_TYPE,
    body: withField('customer', `{${JSON.stringify(pick(random, PROTOTYPE_KEYS))}:{"tier":"x"}}`),
  }),
  (random) => ({
    name: 'unknown field',
    headers: JSON_TYPE,
    body: withField(`field${Math.floor(random() * 1e6)}`, '1'),
  }),
  (random) => ({
    name: 'spike set by the ticket',
    headers: JSON_TYPE,
    body: withField(
      pick(random, ['spike', 'spike.customers', 'severity', 'spikes']),
      '{"customers":999}',
    ),
  }),
  (random) => ({
    name: 'wrong type',
    headers: JSON_TYPE,
    body: withField(pick(random, TYPED_FIELDS), pick(random, ['[]', '7', 'true', '"x"', '[[1]]'])),
  }),
  (random) => ({
    name: 'no text',
    headers: JSON_TYPE,
    body: JSON.stringify({ id: 'T-1', subject: pick(random, ['', ' ', '\n\t ']) }),
  }),
  (random) => ({
    name: 'no id',
    headers: JSON_TYPE,
    body: JSON.stringify({ id: pick(random, ['', null, 4, 'x'.repeat(201)]), body: 'x' }),
  }),
  (random) => ({
    name: 'bad instant',
    headers: JSON_TYPE,
    body: withField('createdAt', JSON.stringify(pick(random, BAD_INSTANTS))),
  }),
  (random) => ({
    name: 'bad idempotency key',
    headers: {
      ...JSON_TYPE,
      'idempotency-key': pick(random, [
        '""',
        'k'.repeat(256),
        '"'.padEnd(300, 'a'),
        'ключ'
          .split('')
          .map(() => '\u00ff')
          .join(''),
      ]),
    },
    body: GOOD,
  }),
  (random) => ({ name: 'compressed without saying', headers: JSON_TYPE, body: gzipMagic(random) }),
  (random) => ({
    name: 'not an object',
    headers: JSON_TYPE,
    body: pick(random, ['null', '1', '"text"', '[]', 'true', '', '   ']),
  }),
]

const WRONG_TYPES = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'application/jsonx',
  ';',
  'application/x-www-form-urlencoded',
]
const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
const TYPED_FIELDS = ['customer', 'order', 'impact', 'history', 'channel', 'createdAt', 'language']
const BAD_INSTANTS = [
  '2026-02-30T10:00:00Z',
  'yesterday',
  '2026-01-01',
  '2026-13-01T00:00:00Z',
  '99999-01-01T00:00:00Z',
  '2026-01-01T25:00:00Z',
]

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!
const depth = (random: Random) => 1_000 + Math.floor(random() * 99_000)
const nested = (open: string, close: string, times: number) =>
  open.repeat(times) + close.repeat(times)
const withField = (name: string, json: string) =>
  `${GOOD.slice(0, -1)},${JSON.stringify(name)}:${json}}`
const hugeNumber = (random: Random) =>
  pick(random, [
    '1e999',
    '-1e999',
    '9'.repeat(400),
    '1e18',
    '-1',
    '0.5',
    '1e-999999999'.replace('1e-999999999', '1e400'),
  ])

function withStrayCharacter(random: Random): string {
  const at = 1 + Math.floor(random() * (GOOD.length - 2))
  return `${GOOD.slice(0, at)}${pick(random, ['\u0000', '\u0001'])}${GOOD.slice(at)}`
}

function withInvalidUtf8(random: Random): Uint8Array {
  const bytes = new TextEncoder().encode(GOOD)
  const at = GOOD.indexOf('Export') + Math.floor(random() * 10)
  bytes.set(
    pick(random, [
      [0xc3, 0x28],
      [0xed, 0xa0, 0x80],
      [0xff, 0xfe],
      [0xf8, 0x88, 0x80],
    ]),
    at,
  )
  return bytes
}

function gzipMagic(random: Random): Uint8Array {
  return Uint8Array.from(
    { length: 64 },
    (_, at) => [0x1f, 0x8b, 0x08][at] ?? Math.floor(random() * 256),
  )
}

function* chunks(count: number, size: number): Generator<string> {
  yield '{"id":"T-1","body":"'
  for (let at = 0; at < count; at++) yield 'x'.repeat(size)
}
