import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { evaluateTask } from '../../eval/public/evaluate-task.ts'
import { readTasks } from '../../eval/public/read-tasks.ts'
import { renderPublicTable } from '../../eval/public/render-table.ts'
import type { Task } from '../../eval/public/task.ts'
import { createLocalScorer } from '../../src/scorers/local.ts'
import { openModelPool, type ModelPool } from '../../src/scorers/local/pool.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
let pool: ModelPool
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-public-'))
  pool = await openModelPool({ folder: 'model', threads: 1, maxWaiting: 4 })
  const guided = row('All down', {
    intent: 'outage',
    sentiment: -1,
    emotions: ['worry'],
    urgency: 3,
    priority: 'critical',
  })
  for (const set of ['labelled', 'written']) {
    await mkdir(join(folder, set))
    for (const part of ['train', 'test'])
      await writeFile(join(folder, set, `${part}.jsonl`), JSON.stringify(guided))
  }
  const zip = async (set: string, rows: readonly object[]) => {
    await mkdir(join(folder, 'public', set), { recursive: true })
    const bytes = gzipSync(rows.map((each) => JSON.stringify(each)).join('\n'))
    for (const part of ['train', 'test'])
      await writeFile(join(folder, 'public', set, `${part}.jsonl.gz`), bytes)
  }
  await zip('shop', [
    row('where is my parcel', { topic: 'late' }),
    row('I want my money back', { topic: 'money' }),
    row('maybe a crash', { topic: 'crash' }),
    row('both', { topic: ['late', 'money'] }),
  ])
  await zip('weak', [row('a crash', { topic: 'crash' })])
  await zip('bare', [row('hello', { company: 'x' })])
  const s = (intent: string) => ({ intent, strength: 's' })
  await writeFile(
    join(folder, 'public', 'mapping.json'),
    JSON.stringify({
      shop: {
        topic: { late: s('delivery'), money: s('refund'), crash: { intent: 'bug', strength: 'w' } },
      },
      weak: { topic: { crash: { intent: 'bug', strength: 'w' } } },
    }),
  )
})
afterAll(async () => {
  await pool.close()
  await rm(folder, { recursive: true })
})

function row(text: string, labels: object) {
  return { id: text, text, lang: 'en', labels }
}

describe('readTasks()', () => {
  test('asks what the mapping is sure of, its weak part only where there is no other, and names the rest', async () => {
    const { tasks, unasked } = await readTasks(folder)
    const asked = tasks.filter(({ mapping }) => mapping !== 'guide')
    expect(asked.map(({ set, head, mapping, test }) => [set, head, mapping, test.length])).toEqual([
      ['shop', 'intent', 'strong', 2],
      ['weak', 'intent', 'weak', 1],
    ])
    expect(unasked.map(({ set }) => set)).toEqual(['bare'])
    expect(tasks.filter(({ set }) => set === 'labelled').map(({ head }) => head)).toEqual([
      'intent',
      'polarity',
      'sentiment',
      'emotions',
      'urgency',
      'priority',
    ])
  })

  test('a missing folder is named', async () => {
    await expect(readTasks('/nowhere')).rejects.toThrow('/nowhere must be the folder')
  })
})

describe('evaluateTask()', () => {
  const REFUND = 'I sent the shoes back, please refund my money'
  const DELIVERY = 'my parcel is late, where is the delivery'
  const many = (text: string, label: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({
      text: `${text} ${at}`,
      language: 'en',
      labels: [label],
    }))
  const task: Task = {
    set: 'made',
    head: 'intent',
    mapping: 'strong',
    train: [...many(REFUND, 'refund', 12), ...many(DELIVERY, 'delivery', 6)],
    test: [
      ...many(REFUND, 'refund', 4),
      ...many(DELIVERY, 'delivery', 4),
      {
        text: 'Guten Tag, wo bleibt denn eigentlich mein Paket?',
        language: 'de',
        labels: ['delivery'],
      },
    ],
  }

  test('puts the model beside a constant and TF-IDF; what it cannot read is wrong and said', async () => {
    const limits = { mostTrain: 100, mostTest: 100 }
    const result = await evaluateTask(task, createLocalScorer(pool), limits)
    expect(result.constant.accuracy).toBeCloseTo(4 / 9)
    expect(result.tfIdf.accuracy).toBeGreaterThanOrEqual(8 / 9 - 1e-9)
    expect(result.model.scoredShare).toBeCloseTo(8 / 9)
    expect(result.model.accuracy).toBeLessThanOrEqual(8 / 9)
    expect(await evaluateTask(task, createLocalScorer(pool), limits)).toEqual(result)
    const table = renderPublicTable([result], [{ set: 'bare', because: 'bare has no labels' }])
    expect(table).toContain('44.4 / ')
    expect(table).toContain('Not asked: bare')
  })

  test('several labels a message have no accuracy, and limits draw the same sample', async () => {
    const feelings: Task = {
      ...task,
      head: 'emotions',
      train: many('thank you so much', 'gratitude', 8),
      test: many('thank you so much', 'gratitude', 8),
    }
    const limits = { mostTrain: 5, mostTest: 3 }
    const result = await evaluateTask(feelings, createLocalScorer(pool), limits)
    expect(result).toMatchObject({ train: 5, test: 3, constant: { accuracy: null, f1: 1 } })
  })
})
