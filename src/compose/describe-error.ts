import { TriageError } from '../domain/errors.ts'

/** An error as logs may have it: name, code and place. The message only when it is ours, because a foreign one may quote the ticket. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error }
  const { name, message, stack = '' } = error
  const code = (error as { code?: unknown }).code
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '))
  return { error: name, code, frames, ...(error instanceof TriageError && { message }) }
}
