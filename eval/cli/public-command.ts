import { createLocalScorer } from '../../src/scorers/local.ts'
import { openModelPool } from '../../src/scorers/local/pool.ts'
import { evaluateTask } from '../public/evaluate-task.ts'
import { readTasks } from '../public/read-tasks.ts'
import { renderPublicTable } from '../public/render-table.ts'
import { createProgress } from './progress.ts'

export type PublicOptions = {
  readonly data: string
  readonly model: string
  readonly sets?: readonly string[]
  readonly mostTrain: number
  readonly mostTest: number
  readonly json?: boolean
}

/** The local model, a constant and TF-IDF on every test set of a data folder, in one table. */
export async function publicCommand(options: PublicOptions): Promise<number> {
  const { tasks, unasked } = await readTasks(options.data)
  const chosen = tasks.filter(({ set }) => options.sets?.includes(set) ?? true)
  const pool = await openModelPool({ folder: options.model, threads: 1, maxWaiting: 16 })
  const progress = createProgress(process.stderr, {
    label: 'public',
    total: chosen.length,
    elapsedMs: () => performance.now(),
  })
  try {
    const results = []
    for (const task of chosen) {
      results.push(await evaluateTask(task, createLocalScorer(pool), options))
      progress.step()
    }
    progress.end()
    const shown = options.sets === undefined ? unasked : []
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ results, unasked: shown })}\n`
        : `${renderPublicTable(results, shown)}\n`,
    )
  } finally {
    await pool.close()
  }
  return 0
}
