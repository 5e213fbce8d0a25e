import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type RunningWorker = {
  readonly url: string
  /** Everything it printed so far. */
  readonly output: () => string
  /** Runs the cron job as its trigger would. */
  readonly runScheduled: () => Promise<Response>
  readonly stop: () => Promise<void>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')

const LOCAL = '--local --ip 127.0.0.1 --port 0 --inspector-port 0 --test-scheduled'.split(' ')

/** What the Worker is built from. wrangler watches it and restarts in the middle of a request when a file changes. */
const SOURCES = ['src', 'policies', 'prompts', 'package.json', 'tsconfig.json', 'wrangler.toml']

async function copySources(folder: string): Promise<void> {
  for (const name of SOURCES) await cp(join(ROOT, name), join(folder, name), { recursive: true })
  const training = join(ROOT, 'model/training')
  await cp(join(ROOT, 'model'), join(folder, 'model'), {
    recursive: true,
    filter: (path) => path !== training,
  })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
}

/**
 * Starts a copy of the Worker in a local workerd, offline, on a free port, with a PostgreSQL behind its Hyperdrive binding.
 * It has a process group of its own, so that bundler and workerd end with it even when this process is interrupted.
 * @throws when it ends or is not ready within `readyWithinMs`, with what it printed.
 */
export async function startWorker(options: {
  readonly databaseUrl: string
  readonly variables?: Readonly<Record<string, string>>
  readonly readyWithinMs?: number
}): Promise<RunningWorker> {
  const { databaseUrl, variables = {}, readyWithinMs = 40_000 } = options
  const folder = await mkdtemp(join(tmpdir(), 'triage-worker-'))
  await copySources(folder)
  const settings = Object.entries(variables).flatMap(([name, value]) => [
    '--var',
    `${name}:${value}`,
  ])
  const child = spawn(process.execPath, [WRANGLER, 'dev', ...LOCAL, ...settings], {
    cwd: folder,
    env: {
      ...process.env,
      CI: '1',
      NO_COLOR: '1',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_LOG_PATH: folder,
      CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_STORE: databaseUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  function killGroup(): void {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // Nothing of it is left.
    }
  }
  process.once('exit', killGroup)

  async function stop(): Promise<void> {
    const exited =
      child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    killGroup()
    await exited
    process.removeListener('exit', killGroup)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  let printed = ''
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The Worker was not ready within ${readyWithinMs} ms:\n${printed}`)),
        readyWithinMs,
      )
      const read = (chunk: Buffer) => {
        printed += chunk.toString()
        const found = /Ready on (http:\/\/\S+)/.exec(printed)
        if (found === null) return
        clearTimeout(timer)
        resolve(found[1]!)
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('exit', (code) => {
        clearTimeout(timer)
        reject(new Error(`The Worker ended with ${code}:\n${printed}`))
      })
    })
    return {
      url,
      output: () => printed,
      runScheduled: () => fetch(`${url}/__scheduled`),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
