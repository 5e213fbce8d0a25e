import type { Quality, TaskResult } from './evaluate-task.ts'
import type { Unasked } from './task.ts'

const HEADINGS = [
  'set',
  'head',
  'mapping',
  'labels',
  'train',
  'test',
  'constant',
  'TF-IDF',
  'local model',
  'scored',
] as const

/** All sets in one table, accuracy and F1 in per cent, then the sets that could not be asked. */
export function renderPublicTable(
  results: readonly TaskResult[],
  unasked: readonly Unasked[],
): string {
  const rows = results.map((result) => [
    result.set,
    result.head,
    result.mapping,
    String(result.labels),
    String(result.train),
    String(result.test),
    showQuality(result.constant),
    showQuality(result.tfIdf),
    showQuality(result.model),
    showShare(result.model.scoredShare),
  ])
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]!.length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at < 3 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
  return [
    line(HEADINGS),
    ...rows.map(line),
    '',
    'Accuracy / macro F1 in per cent (emotions: – / micro F1). What the model leaves unscored counts as wrong.',
    'Baselines learn from the train part of the same set; the model is the shipped one and learns nothing here.',
    ...unasked.map(({ set, because }) => `Not asked: ${set}: ${because}.`),
  ].join('\n')
}

function showQuality({ accuracy, f1 }: Quality): string {
  return `${showShare(accuracy)} / ${showShare(f1)}`
}

function showShare(share: number | null): string {
  return share === null ? '–' : (100 * share).toFixed(1)
}
