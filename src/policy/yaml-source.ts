import { LineCounter, isMap, parseDocument, type Document, type Node } from 'yaml'
import type { Path, PolicyProblem, Report } from './problem.ts'
import { showPath } from './problem.ts'

/** A YAML text as plain data, with the place of every part of it. */
export type YamlSource = {
  readonly value: unknown
  /** What has been reported so far, in file order. */
  readonly problems: () => readonly PolicyProblem[]
  readonly report: Report
  /** Where the part at `path` begins; lines and columns count from 1. */
  readonly positionOf: (path: Path) => { readonly line: number; readonly column: number }
}

const MAX_LENGTH = 2_000_000
/** Enough for shared blocks, far too few for a file that unfolds itself. */
const MAX_ALIASES = 100

export function readYaml(text: string, fileName: string): YamlSource {
  const lines = new LineCounter()
  const problems: PolicyProblem[] = []
  const positionAt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const add = (offset: number, path: Path, message: string) => {
    problems.push({ file: fileName, ...positionAt(offset), path: showPath(path), message })
  }

  let document: Document | undefined
  let value: unknown
  try {
    if (text.length > MAX_LENGTH)
      throw new Error(`at most ${MAX_LENGTH} characters required, got ${text.length}`)
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
    for (const error of [...document.errors, ...document.warnings])
      add(error.pos[0], [], `Cannot read YAML: ${error.message}`)
    if (document.errors.length === 0) value = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    add(0, [], `Cannot read YAML: ${error instanceof Error ? error.message : String(error)}`)
  }

  return {
    value,
    problems: () => problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
    report: (path, message, at = 'value') => add(offsetOf(document, path, at), path, message),
    positionOf: (path) => positionAt(offsetOf(document, path, 'value')),
  }
}

/** Where the part at `path` begins; for a part that is missing, where its nearest parent does. */
function offsetOf(document: Document | undefined, path: Path, at: 'key' | 'value'): number {
  if (document === undefined) return 0
  if (at === 'key') {
    const parent = document.getIn(path.slice(0, -1), true)
    const pair = isMap(parent)
      ? parent.items.find((item) => String(item.key) === String(path.at(-1)))
      : undefined
    const key = pair?.key as Node | undefined
    if (key?.range) return key.range[0]
  }
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined
    if (node?.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}
