/** `npm run bench`: every benchmark, one after the other; fails when one misses a target. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

let failed = false
for (const bench of ['decide', 'backtest', 'throughput']) {
  console.log(`\n── ${bench} ──`)
  const child = spawn(
    process.execPath,
    [`test/bench/${bench}.ts`, ...(bench === 'throughput' ? process.argv.slice(2) : [])],
    { stdio: 'inherit' },
  )
  const [code] = (await once(child, 'exit')) as [number | null]
  failed ||= code !== 0
}
process.exit(failed ? 1 : 0)
