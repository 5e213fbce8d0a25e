import type { Diagram, DiagramNode, NodeKind } from './graph.ts'

const SHAPES: Readonly<Record<NodeKind, readonly [string, string]>> = {
  start: ['([', '])'],
  triggers: ['[', ']'],
  severity: ['[[', ']]'],
  gate: ['[', ']'],
  route: ['[', ']'],
  team: ['(', ')'],
}

/** The diagram as a Mermaid flowchart, for pages and wikis that draw it. */
export function toMermaid({ title, nodes, edges, path }: Diagram): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]))
  const idOf = (id: string) => ids.get(id) ?? 'n0'
  const taken = edges
    .map(({ from, to }, index) => (path.has(from) && path.has(to) ? index : -1))
    .filter((index) => index >= 0)
  return [
    '---',
    `title: ${JSON.stringify(title)}`,
    '---',
    'flowchart LR',
    ...nodes.map((node) => `  ${idOf(node.id)}${boxOf(node)}`),
    ...edges.map(
      ({ from, to, label }) =>
        `  ${idOf(from)} -->${label === undefined ? '' : `|${quote(label)}|`} ${idOf(to)}`,
    ),
    '  classDef critical fill:#fde8e6,stroke:#b42318',
    '  classDef taken stroke-width:4px',
    ...classOf(
      'critical',
      nodes.filter(({ severity }) => severity === 'P1').map(({ id }) => idOf(id)),
    ),
    ...classOf('taken', [...path].map(idOf)),
    ...(taken.length === 0 ? [] : [`  linkStyle ${taken.join(',')} stroke-width:4px`]),
    '',
  ].join('\n')
}

function boxOf({ kind, title, lines }: DiagramNode): string {
  const [open, close] = SHAPES[kind]
  return `${open}${quote([`<b>${escape(title)}</b>`, ...lines.map(escape)].join('<br/>'))}${close}`
}

function classOf(name: string, ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : [`  class ${ids.join(',')} ${name}`]
}

/** Mermaid reads HTML entities with # for &. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"#]/g, (character) => `#${character.charCodeAt(0)};`)
}

const quote = (text: string) => `"${text.replaceAll('"', '#34;')}"`
