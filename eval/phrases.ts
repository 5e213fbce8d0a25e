import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { PRIORITIES, TRIGGER_KINDS, type Priority, type TriggerKind } from '../src/domain/labels.ts'
import type { Phrase } from '../src/domain/policy.ts'
import type { TriggerSignal } from '../src/domain/signal.ts'
import { createPhraseScorer } from '../src/scorers/phrases.ts'

/**
 * How well a policy's phrases find the trigger quotes that people marked.
 * `node eval/phrases.ts --data DIR [--policy FILE] [--show wrong|missed --kind KIND]`
 */
type Span = {
  readonly kind: TriggerKind
  readonly start: number
  readonly end: number
  readonly quote: string
}
type Labelled = {
  readonly text: string
  readonly labels: { readonly triggers: readonly Span[]; readonly priority: Priority }
}
type Judged = { readonly ticket: Labelled; readonly hits: readonly TriggerSignal[] }

const SETS = ['labelled/train.jsonl', 'written/train.jsonl']

await main()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      policy: { type: 'string', default: 'policies/saas.yaml' },
      show: { type: 'string' },
      kind: { type: 'string' },
    },
  })
  const files = SETS.map((set) => join(values.data ?? '', set))
  const missing = files.filter((file) => !existsSync(file))
  if (values.data === undefined || missing.length > 0) {
    console.error(
      values.data === undefined
        ? 'Cannot evaluate phrases: --data DIR is required (a folder with labelled/ and written/)'
        : `Cannot evaluate phrases: no such file: ${missing.join(', ')}`,
    )
    process.exitCode = 2
    return
  }
  const scorer = createPhraseScorer(readPhrases(values.policy), 'eval')
  for (const file of files) {
    const judged: Judged[] = []
    for (const ticket of readLines(file)) {
      const { triggers = [] } = await scorer.score({ text: ticket.text })
      judged.push({ ticket, hits: triggers })
    }
    if (values.show !== undefined) showDifferences(judged, values.show, values.kind)
    else report(file, judged)
  }
}

function readPhrases(policy: string): readonly Phrase[] {
  const { phrases } = parse(readFileSync(policy, 'utf8')) as { phrases: Partial<Phrase>[] }
  return phrases.map((phrase) => ({ negatable: true, ...phrase }) as Phrase)
}

function readLines(file: string): readonly Labelled[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Labelled)
}

function report(file: string, judged: readonly Judged[]): void {
  console.log(`\n${file}: ${judged.length} tickets`)
  console.log('kind               marked  found  precision  recall | tickets: precision  recall')
  for (const kind of TRIGGER_KINDS) {
    const marked = judged.flatMap(({ ticket }) =>
      ticket.labels.triggers.filter((span) => span.kind === kind),
    )
    const found = judged.flatMap(({ hits }) => hits.filter((hit) => hit.kind === kind))
    const right = count(
      judged,
      ({ ticket, hits }) =>
        hits.filter((hit) => hit.kind === kind && meets(hit, ticket.labels.triggers)).length,
    )
    const reached = count(
      judged,
      ({ ticket, hits }) =>
        ticket.labels.triggers.filter((span) => span.kind === kind && meets(span, hits)).length,
    )
    const has = (spans: readonly { kind: TriggerKind }[]) =>
      spans.some((span) => span.kind === kind)
    const both = judged.filter(
      ({ ticket, hits }) => has(hits) && has(ticket.labels.triggers),
    ).length
    const withHit = judged.filter(({ hits }) => has(hits)).length
    const withMark = judged.filter(({ ticket }) => has(ticket.labels.triggers)).length
    console.log(
      `${kind.padEnd(18)} ${pad(marked.length, 6)} ${pad(found.length, 6)} ${share(right, found.length)}     ${share(reached, marked.length)}` +
        ` |          ${share(both, withHit)}     ${share(both, withMark)}`,
    )
  }
  console.log('phrase             tickets  critical   high    low  | its kind is marked')
  for (const [id, tickets] of byPhrase(judged)) {
    const shares = PRIORITIES.toReversed().map((priority) =>
      share(
        tickets.filter(({ ticket }) => ticket.labels.priority === priority).length,
        tickets.length,
      ),
    )
    const agreed = tickets.filter(({ ticket, hits }) => {
      const kind = hits.find((hit) => hit.phrase === id)?.kind
      return ticket.labels.triggers.some((span) => span.kind === kind)
    })
    console.log(
      `${id.padEnd(18)} ${pad(tickets.length, 7)}  ${shares.join('  ')} | ${share(agreed.length, tickets.length)}`,
    )
  }
}

/** Wrong hits or missed quotes, to read and learn from; nothing of it belongs into the repository. */
function showDifferences(judged: readonly Judged[], what: string, kind: string | undefined): void {
  for (const { ticket, hits } of judged) {
    const wrong = hits.filter((hit) => !meets(hit, ticket.labels.triggers))
    const missed = ticket.labels.triggers.filter((span) => !meets(span, hits))
    for (const span of what === 'wrong' ? wrong : missed) {
      const label = labelOf(span)
      if (kind !== undefined && span.kind !== kind && label !== kind) continue
      const around = ticket.text.slice(Math.max(0, span.start - 50), span.end + 50)
      console.log(
        `${label} ${ticket.labels.priority}: ${span.quote}   …${around.replaceAll('\n', ' ')}…`,
      )
    }
  }
}

function labelOf(span: { readonly kind: TriggerKind; readonly phrase?: string }): string {
  return span.phrase ?? span.kind
}

function byPhrase(judged: readonly Judged[]): readonly (readonly [string, readonly Judged[]])[] {
  const ids = new Set(judged.flatMap(({ hits }) => hits.map((hit) => hit.phrase ?? '')))
  return [...ids]
    .sort()
    .map((id) => [id, judged.filter(({ hits }) => hits.some((hit) => hit.phrase === id))] as const)
}

function meets(span: Span | TriggerSignal, others: readonly (Span | TriggerSignal)[]): boolean {
  return others.some(
    (other) => other.kind === span.kind && other.start < span.end && span.start < other.end,
  )
}

function count(judged: readonly Judged[], of: (judged: Judged) => number): number {
  return judged.reduce((sum, one) => sum + of(one), 0)
}

function share(part: number, whole: number): string {
  return whole === 0 ? '     –' : `${((100 * part) / whole).toFixed(1)}%`.padStart(6)
}

function pad(value: number, width: number): string {
  return `${value}`.padStart(width)
}
