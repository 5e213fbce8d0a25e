import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { TriageError } from '../../src/domain/errors.ts'
import { ticketText } from '../../src/domain/ticket.ts'
import { evalCaseSchema, type EvalCase } from './eval-case.ts'
import { suiteSchema, type Suite } from './suite-definition.ts'

export const SUITES_FOLDER = new URL('../suites/', import.meta.url).pathname

/** Names of the suites that ship with the project. */
export async function listSuites(): Promise<readonly string[]> {
  const entries = await readdir(SUITES_FOLDER, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

/** A suite by the name of a shipped one or by the path of its folder or `suite.yaml`. */
export async function readSuite(nameOrPath: string): Promise<Suite> {
  const shipped = await listSuites()
  const file = shipped.includes(nameOrPath)
    ? join(SUITES_FOLDER, nameOrPath, 'suite.yaml')
    : nameOrPath.endsWith('.yaml')
      ? nameOrPath
      : join(nameOrPath, 'suite.yaml')
  const definition = parseAs(suiteSchema, parseYaml(await read(file, shipped)), file)
  const casesFile = join(dirname(file), definition.cases)
  const cases = parseCases(await read(casesFile, shipped), casesFile)
  const { baseline } = definition
  return {
    definition,
    cases,
    ...(baseline !== undefined && { baseline: join(dirname(file), baseline) }),
    paraphrases: await readParaphrases(dirname(file), cases),
  }
}

const paraphraseSchema = z.strictObject({ base: z.string(), body: z.string().min(1) })

/** `paraphrases.jsonl` beside the cases, where there is one: a case id and the same in other words. */
async function readParaphrases(
  folder: string,
  cases: readonly EvalCase[],
): Promise<ReadonlyMap<string, string>> {
  const file = join(folder, 'paraphrases.jsonl')
  const ids = new Set(cases.map(({ id }) => id))
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  return new Map(
    lines.flatMap((line, at) => {
      if (line.trim() === '') return []
      const where = `${file}:${at + 1}`
      const { base, body } = parseAs(paraphraseSchema, parseJson(line, where), where)
      if (!ids.has(base)) throw unreadable(where, `there is no case ${base}`)
      return [[base, body] as const]
    }),
  )
}

/** JSONL cases; every problem is named with its line. Ids are unique and quotes stand where they say. */
export function parseCases(text: string, file: string): readonly EvalCase[] {
  const seen = new Set<string>()
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return []
    const where = `${file}:${at + 1}`
    const evalCase = parseAs(evalCaseSchema, parseJson(line, where), where) as EvalCase
    if (seen.has(evalCase.id)) throw unreadable(where, `case ${evalCase.id} is there twice`)
    seen.add(evalCase.id)
    const fault = quoteFault(evalCase)
    if (fault !== null) throw unreadable(where, fault)
    return [evalCase]
  })
}

function quoteFault({ ticket, expected }: EvalCase): string | null {
  const text = ticketText(ticket)
  const wrong = expected.triggers?.find(({ start, end, quote }) => text.slice(start, end) !== quote)
  return wrong === undefined ? null : `the quote at ${wrong.start} is not in the text there`
}

async function read(file: string, shipped: readonly string[]): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new TriageError(
      'configuration',
      `Cannot read ${file}: name a suite (${shipped.join(', ')}) or the folder of one`,
      { cause: error },
    )
  })
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw unreadable(where, 'not JSON')
  }
}

function parseAs<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw unreadable(where, z.prettifyError(parsed.error))
}

function unreadable(where: string, problem: string): TriageError {
  return new TriageError('configuration', `Cannot read ${where}: ${problem}`)
}
