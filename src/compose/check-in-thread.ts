import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { checkSource, type SourceCheck } from './check-source.ts'

type Work = { readonly source: string; readonly file: string; readonly fromMs: number }

/** The check on a thread of its own, so that tickets do not wait for it. */
export function checkInThread(source: string, file: string, fromMs: number): Promise<SourceCheck> {
  const work: Work = { source, file, fromMs }
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: work })
    worker.once('message', (result: SourceCheck) => {
      resolve(result)
      void worker.terminate()
    })
    worker.once('error', reject)
  })
}

if (!isMainThread && isWork(workerData)) {
  const { source, file, fromMs } = workerData
  parentPort?.postMessage(checkSource(source, file, fromMs))
}

/** Other threads of the service import this file, too. */
function isWork(data: unknown): data is Work {
  return typeof data === 'object' && data !== null && 'source' in data && 'fromMs' in data
}
