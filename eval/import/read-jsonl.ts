import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { TriageError } from '../../src/domain/errors.ts'

/** The lines of a JSONL file as one shape. @throws TriageError naming the file and the line that does not fit. */
export async function readJsonl<T extends z.ZodType>(
  file: string,
  schema: T,
): Promise<readonly z.output<T>[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new TriageError('configuration', `Cannot read ${file}: a JSONL file is required`, {
      cause: error,
    })
  })
  return text
    .split('\n')
    .flatMap((line, at) =>
      line.trim() === '' ? [] : [parseLine(line, schema, `${file}:${at + 1}`)],
    )
}

function parseLine<T extends z.ZodType>(line: string, schema: T, where: string): z.output<T> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new TriageError('configuration', `Cannot read ${where}: not JSON`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new TriageError('configuration', `Cannot read ${where}: ${z.prettifyError(parsed.error)}`)
}
