import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TriageError } from '../domain/errors.ts'

export type DirectoryLock = { readonly release: () => void }

/**
 * Makes this process the only one that may open the data directory. Two processes on one PGlite directory lose each
 * other's commits without an error.
 *
 * The lock is the operating system's record lock on a file, taken through SQLite because Node itself has none. The
 * kernel lets it go when the process ends, however it ends, so there is no stale lock to judge; and it holds between
 * containers that share a volume, where process ids and boot times say nothing.
 *
 * @throws TriageError `configuration` when another process has it, or the directory cannot be written.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const holderFile = join(directory, 'lock-holder.txt')
  const lock = openLockFile(directory)
  try {
    // Nothing is ever written to it: an open transaction is the lock.
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    if (!isBusy(cause)) throw cannotLock(directory, cause)
    throw new TriageError(
      'configuration',
      `Cannot open ${directory}: another process${readHolder(holderFile)} is using it. ` +
        'Stop that one first, or set DATA_DIR to another directory, or DATABASE_URL to share a PostgreSQL',
      { cause },
    )
  }
  // For people only. Never read the lock file itself: closing it would let go of the lock (POSIX).
  writeFileSync(holderFile, `${process.pid}\n`)
  return {
    release() {
      rmSync(holderFile, { force: true })
      lock.close()
    },
  }
}

function openLockFile(directory: string): DatabaseSync {
  try {
    mkdirSync(directory, { recursive: true })
    return new DatabaseSync(join(directory, 'lock'), { timeout: 0 })
  } catch (cause) {
    throw cannotLock(directory, cause)
  }
}

function cannotLock(directory: string, cause: unknown): TriageError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new TriageError('configuration', `Cannot lock ${directory}: ${why}`, { cause })
}

/** SQLITE_BUSY */
function isBusy(error: unknown): boolean {
  return error instanceof Error && (error as { errcode?: unknown }).errcode === 5
}

function readHolder(file: string): string {
  try {
    return ` (pid ${readFileSync(file, 'utf8').trim()})`
  } catch {
    return ''
  }
}
