import { graphlib, layout } from '@dagrejs/dagre'
import type { Diagram, DiagramNode, NodeKind } from './graph.ts'
import { wrapText } from '../../domain/wrap-text.ts'

const TITLE_SIZE = 15
const LINE_HEIGHT = 17
const PADDING = 12
/** Widths in characters; about 6.4 units each in a 12-unit sans-serif. */
const WIDTHS: Readonly<Record<NodeKind, number>> = {
  start: 26,
  triggers: 46,
  severity: 44,
  gate: 44,
  route: 44,
  team: 36,
}
const CHARACTER = 6.4

type Box = {
  readonly node: DiagramNode
  readonly lines: readonly string[]
  readonly width: number
  readonly height: number
}
type Point = { readonly x: number; readonly y: number }
type Placed = Point & { readonly width: number }

/** The diagram as one SVG file without outside parts: it shows and prints anywhere. */
export function toSvg(diagram: Diagram): string {
  const boxes = new Map(diagram.nodes.map((node) => [node.id, boxOf(node)]))
  const graph = new graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 64, marginx: 24, marginy: 24 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const [id, { width, height }] of boxes) graph.setNode(id, { width, height })
  for (const { from, to, label, span = 1 } of diagram.edges)
    graph.setEdge(from, to, {
      minlen: span,
      ...(label !== undefined && { width: label.length * CHARACTER, height: LINE_HEIGHT }),
    })
  // Severities stay in their order, the worst on top.
  layout(graph, { disableOptimalOrderHeuristic: true })

  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  const top = 44
  const edges = diagram.edges.map(({ from, to, label }) => {
    const { points, x, y } = graph.edge(from, to) as { points: Point[]; x?: number; y?: number }
    const [start, end] = [graph.node(from) as Placed, graph.node(to) as Placed]
    const line = [
      { x: start.x + start.width / 2, y: start.y },
      ...points.slice(1, -1),
      { x: end.x - end.width / 2, y: end.y },
    ]
    const isTaken = diagram.path.has(from) && diagram.path.has(to)
    return (
      `<path class="edge${isTaken ? ' taken' : ''}" marker-end="url(#arrow${isTaken ? '-taken' : ''})" d="${curve(line)}"/>` +
      (label === undefined || x === undefined || y === undefined
        ? ''
        : `<text class="label" x="${round(x)}" y="${round(y - 4)}" text-anchor="middle">${escape(label)}</text>`)
    )
  })
  const drawn = diagram.nodes.map(({ id }) => {
    const { x, y } = graph.node(id) as Point
    return drawBox(boxes.get(id)!, { x, y }, diagram.path.has(id))
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height + top)}" width="${round(width)}" height="${round(height + top)}" role="img" aria-labelledby="title desc">
<title id="title">Escalation procedure ${escape(diagram.title)}</title>
<desc id="desc">${escape(describe(diagram))}</desc>
<style>${STYLE}</style>
<defs>${marker('arrow', '#667085')}${marker('arrow-taken', '#1849a9')}</defs>
<rect class="paper" width="100%" height="100%"/>
<text class="heading" x="24" y="30">Escalation procedure ${escape(diagram.title)}</text>
<text class="label" x="${round(width) - 24}" y="30" text-anchor="end">■ rests on certain facts and cannot be undone by a model   □ may rest on a model’s opinion</text>
<g transform="translate(0 ${top})">
${edges.join('\n')}
${drawn.join('\n')}
</g>
</svg>
`
}

const STYLE = `
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:12px;fill:#1d2939}
.paper{fill:#fff}
.heading{font-size:18px;font-weight:600}
.title{font-size:${TITLE_SIZE}px;font-weight:600}
.label{font-size:11px;fill:#475467}
.edge{fill:none;stroke:#98a2b3;stroke-width:1.4}
.edge.taken{stroke:#1849a9;stroke-width:4}
.box{fill:#fff;stroke:#98a2b3;stroke-width:1.2}
.box.start{fill:#f2f4f7}
.box.gate{fill:#eff4ff;stroke:#1849a9}
.box.route{fill:#f9fafb}
.box.P1{fill:#fef3f2;stroke:#b42318}
.box.P2{fill:#fff6ed;stroke:#b93815}
.box.P3{fill:#fefbe8;stroke:#a15c07}
.box.P4{fill:#f6fef9;stroke:#087443}
.box.taken{stroke:#1849a9;stroke-width:4}
`

function marker(id: string, fill: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto"><path d="M0 0 8 4 0 8z" fill="${fill}"/></marker>`
}

function boxOf(node: DiagramNode): Box {
  const characters = WIDTHS[node.kind]
  const lines = node.lines.flatMap((line) => wrapText(line, characters))
  return {
    node,
    lines,
    width: characters * CHARACTER + 2 * PADDING,
    height: 2 * PADDING + TITLE_SIZE + (lines.length === 0 ? 0 : 5 + lines.length * LINE_HEIGHT),
  }
}

function drawBox({ node, lines, width, height }: Box, center: Point, isTaken: boolean): string {
  const [left, top] = [center.x - width / 2, center.y - height / 2]
  const names = ['box', node.kind, ...(node.severity === undefined ? [] : [node.severity])]
  if (isTaken) names.push('taken')
  const x = round(left + PADDING)
  const first = top + PADDING + TITLE_SIZE - 2
  const texts = lines.map(
    (line, index) =>
      `<text x="${x}" y="${round(first + 5 + (index + 1) * LINE_HEIGHT - 3)}">${escape(line)}</text>`,
  )
  return `<g><rect class="${names.join(' ')}" x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="${node.kind === 'start' ? 18 : 6}"/><text class="title" x="${x}" y="${round(first)}">${escape(node.title)}</text>${texts.join('')}</g>`
}

/** A smooth line through the points of the layout. */
function curve(points: readonly Point[]): string {
  const [start, ...rest] = points
  if (start === undefined) return ''
  const parts = [`M${round(start.x)} ${round(start.y)}`]
  let from = start
  for (const to of rest) {
    const middle = (from.x + to.x) / 2
    parts.push(
      `C${round(middle)} ${round(from.y)} ${round(middle)} ${round(to.y)} ${round(to.x)} ${round(to.y)}`,
    )
    from = to
  }
  return parts.join('')
}

/** The picture in words, for those who do not see it. */
function describe({ nodes, path }: Diagram): string {
  const shown = nodes.map(({ title, lines }) => `${title}: ${lines.join('; ')}`).join('. ')
  const taken = nodes.filter(({ id }) => path.has(id)).map(({ title }) => title)
  return taken.length === 0 ? shown : `The ticket went through ${taken.join(', ')}. ${shown}`
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

const round = (number: number) => Math.round(number * 10) / 10
