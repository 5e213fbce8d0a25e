import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export type RunningService = {
  readonly url: string
  readonly process: ChildProcess
  /** Everything it printed so far. */
  readonly output: () => string
  /** SIGTERM, then the exit code. */
  readonly stop: () => Promise<number | null>
  /** SIGKILL, as a power cut for the process. */
  readonly kill: () => Promise<void>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Starts the real service as its own process on a free port and waits until it says that it is ready.
 * @throws when it ends or stays silent for `readyWithinMs`, with what it printed.
 */
export async function startService(
  env: Readonly<Record<string, string>>,
  readyWithinMs = 60_000,
): Promise<RunningService> {
  const child = spawn(process.execPath, ['src/node.ts'], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The service was not ready within ${readyWithinMs} ms:\n${printed}`))
    }, readyWithinMs)
    const read = (chunk: Buffer) => {
      printed += chunk.toString()
      const found = /Listening on (http:\/\/\S+)/.exec(printed)
      if (found === null) return
      clearTimeout(timer)
      resolve(found[1]!)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`The service ended with ${code}:\n${printed}`))
    })
  })
  const exited = () =>
    child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve()
  return {
    url,
    process: child,
    output: () => printed,
    stop: async () => {
      child.kill('SIGTERM')
      await exited()
      return child.exitCode
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited()
    },
  }
}
