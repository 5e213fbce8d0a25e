import { Worker } from 'node:worker_threads'
import { TriageError } from '../../domain/errors.ts'
import type { ScorerInput } from '../../domain/signal.ts'
import type { LocalScores } from './score-text.ts'

export type ToThread = { readonly job: number; readonly input: ScorerInput }
export type FromThread =
  | { readonly kind: 'ready'; readonly version: string }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'scored'; readonly job: number; readonly result: LocalScores }
  | { readonly kind: 'failed'; readonly job: number }

export type ModelPool = {
  readonly version: string
  /** @throws TriageError `overloaded` when the queue is full; rejects when the thread died under the job. */
  readonly score: (input: ScorerInput) => Promise<LocalScores>
  readonly waiting: () => number
  /** Threads that can score now. */
  readonly ready: () => number
  readonly close: () => Promise<void>
}

type Job = {
  readonly input: ScorerInput
  readonly resolve: (result: LocalScores) => void
  readonly reject: (error: TriageError) => void
}

type Thread = { worker: Worker; busy: number; overdue?: NodeJS.Timeout }

/**
 * Scoring threads with one bounded queue. Jobs are posted to the least busy thread at once (two deep, so that a
 * thread never waits for the main loop); the rest wait here. A thread that dies fails its jobs and is replaced; so
 * is one that is at a single text for too long, which nothing else would end.
 */
export async function openModelPool(options: {
  readonly folder: string
  readonly threads: number
  readonly maxWaiting: number
  /** Longer than any text takes. */
  readonly longestMs?: number
}): Promise<ModelPool> {
  const longestMs = options.longestMs ?? LONGEST_MS
  const jobs = new Map<number, Job & { thread: Thread }>()
  const queue: Job[] = []
  const threads = new Set<Thread>()
  let nextJob = 0
  let closing = false

  async function start(): Promise<string> {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: { folder: options.folder },
    })
    const thread: Thread = { worker, busy: 0 }
    let wasReady = false
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        switch (message.kind) {
          case 'ready':
            wasReady = true
            threads.add(thread)
            resolve(message.version)
            pump()
            break
          case 'unusable':
            reject(new TriageError('configuration', message.message))
            void worker.terminate()
            break
          case 'scored':
            finish(message.job)?.resolve(message.result)
            pump()
            break
          case 'failed':
            finish(message.job)?.reject(
              new TriageError('overloaded', 'the model failed on this text'),
            )
            pump()
            break
        }
      })
      worker.on('error', () =>
        reject(new TriageError('configuration', 'the scoring thread failed')),
      )
      worker.on('exit', () => {
        threads.delete(thread)
        clearTimeout(thread.overdue)
        for (const [id, job] of jobs)
          if (job.thread === thread) {
            jobs.delete(id)
            job.reject(new TriageError('overloaded', 'the scoring thread stopped'))
          }
        reject(new TriageError('configuration', 'the scoring thread stopped'))
        // A model that could not be loaded once will not load now; one that ran before gets a new thread.
        if (!closing && wasReady)
          setTimeout(() => void start().catch(failWaiting), RESTART_MS).unref()
        failWaiting()
      })
    })
  }

  function finish(id: number): Job | undefined {
    const job = jobs.get(id)
    if (job === undefined) return undefined
    jobs.delete(id)
    job.thread.busy--
    watch(job.thread)
    return job
  }

  /** From now on, for the text that it is at. */
  function watch(thread: Thread): void {
    clearTimeout(thread.overdue)
    if (thread.busy > 0)
      thread.overdue = setTimeout(() => void thread.worker.terminate(), longestMs).unref()
  }

  function pump(): void {
    while (queue.length > 0) {
      const thread = [...threads].sort((a, b) => a.busy - b.busy)[0]
      if (thread === undefined || thread.busy >= DEPTH) return
      const job = queue.shift()!
      const id = nextJob++
      jobs.set(id, { ...job, thread })
      thread.busy++
      if (thread.busy === 1) watch(thread)
      thread.worker.postMessage({ job: id, input: job.input } satisfies ToThread)
    }
  }

  function failWaiting(): void {
    if (threads.size > 0) return
    for (const job of queue.splice(0))
      job.reject(new TriageError('overloaded', 'no scoring thread'))
  }

  const versions = await Promise.all(Array.from({ length: options.threads }, start))
  return {
    version: versions[0]!,
    waiting: () => queue.length,
    ready: () => threads.size,
    score: (input) =>
      new Promise((resolve, reject) => {
        if (threads.size === 0) return reject(new TriageError('overloaded', 'no scoring thread'))
        if (queue.length >= options.maxWaiting)
          return reject(new TriageError('overloaded', 'queue full'))
        queue.push({ input, resolve, reject })
        pump()
      }),
    close: async () => {
      closing = true
      await Promise.all([...threads].map(({ worker }) => worker.terminate()))
    },
  }
}

const DEPTH = 2
const RESTART_MS = 500
const LONGEST_MS = 5_000
