import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import type { Decision } from '../../domain/decision.ts'
import { describeCondition } from '../../domain/describe-condition.ts'
import { SEVERITIES, type Severity } from '../../domain/labels.ts'
import { readableSentence } from './readable-sentence.ts'

export type NodeKind = 'start' | 'triggers' | 'severity' | 'gate' | 'route' | 'team'

export type DiagramNode = {
  readonly id: string
  readonly kind: NodeKind
  readonly title: string
  readonly lines: readonly string[]
  /** For its colour. */
  readonly severity?: Severity
}
export type DiagramEdge = {
  readonly from: string
  readonly to: string
  readonly label?: string
  /** Columns it crosses, 1 unless said. */ readonly span?: number
}

/** The procedure as boxes and arrows, from the ticket to the people. */
export type Diagram = {
  readonly title: string
  readonly nodes: readonly DiagramNode[]
  readonly edges: readonly DiagramEdge[]
  /** Ids of the nodes that one ticket went through; empty without a ticket. */
  readonly path: ReadonlySet<string>
}

const MOST_TRIGGERS = 9
const MOST_HOLDS = 4

/** The picture of a policy; with a decision, the way it took. */
export function diagramOf(
  compiled: CompiledPolicy,
  decision?: Pick<Decision, 'severity' | 'route' | 'disposition' | 'reasons'>,
): Diagram {
  const { policy } = compiled
  const used = SEVERITIES.filter(
    (severity) =>
      severity === 'P4' || compiled.triggers.some(({ rule }) => rule.raise === severity),
  )
  const teams = [...new Set([...policy.routes.map(({ team }) => team), policy.otherwise.team])]
  // Routes of one team stand together, so that arrows do not cross.
  const routes = [
    ...policy.routes.map(({ id, team, when }) => ({ id, team, lines: [describeCondition(when)] })),
    { id: 'otherwise', team: policy.otherwise.team, lines: [policy.otherwise.because] },
  ].sort((a, b) => teams.indexOf(a.team) - teams.indexOf(b.team))
  const nodes: DiagramNode[] = [
    { id: 'ticket', kind: 'start', title: 'Ticket', lines: ['scored, counted, never obeyed'] },
    ...used.flatMap((severity) => [
      triggersNode(severity, compiled, decision),
      severityNode(severity, compiled),
    ]),
    gateNode(compiled),
    {
      id: 'routes',
      kind: 'start',
      title: 'Who gets it',
      lines: ['exactly one route matches,', 'else a person picks'],
    },
    ...routes.map(({ id, lines }): DiagramNode => ({
      id: `route-${id}`,
      kind: 'route',
      title: id,
      lines,
    })),
    ...teams.map((id) => teamNode(id, compiled)),
  ]
  const edges: DiagramEdge[] = [
    ...used.flatMap((severity) => [
      { from: 'ticket', to: `triggers-${severity}` },
      { from: `triggers-${severity}`, to: `severity-${severity}` },
      severity === 'P1'
        ? { from: 'severity-P1', to: 'review', label: 'always' }
        : { from: `severity-${severity}`, to: 'routes', span: 2 },
    ]),
    { from: 'review', to: 'routes', label: 'after a person decided' },
    ...routes.flatMap(({ id, team }) => [
      { from: 'routes', to: `route-${id}` },
      { from: `route-${id}`, to: `team-${team}` },
    ]),
  ]
  return {
    title: `${policy.id} ${policy.version}`,
    nodes,
    edges,
    path: new Set(decision === undefined ? [] : pathOf(decision)),
  }
}

function pathOf({
  severity,
  route,
  disposition,
}: Pick<Decision, 'severity' | 'route' | 'disposition'>): readonly string[] {
  return [
    'ticket',
    `triggers-${severity}`,
    `severity-${severity}`,
    ...(disposition === 'review' ? ['review'] : []),
    'routes',
    `route-${route.id}`,
    `team-${route.team}`,
  ]
}

/** The triggers that raise to a severity; those that fired for the ticket come first and are marked. */
function triggersNode(
  severity: Severity,
  { triggers }: CompiledPolicy,
  decision?: Pick<Decision, 'reasons'>,
): DiagramNode {
  const fired = new Set(decision?.reasons.map(({ rule }) => rule))
  const raising = triggers
    .map(({ rule }) => rule)
    .filter(({ raise }) => raise === severity)
    .sort((a, b) => Number(fired.has(b.id)) - Number(fired.has(a.id)))
  const sentences = raising.map((rule) => {
    const mark = fired.has(rule.id) ? '▶ ' : rule.floor ? '■ ' : '□ '
    return mark + rule.because
  })
  return {
    id: `triggers-${severity}`,
    kind: 'triggers',
    title: severity === 'P4' && raising.length === 0 ? 'Nothing fires' : `Raises to ${severity}`,
    lines: shortened(sentences, MOST_TRIGGERS),
    severity,
  }
}

function severityNode(severity: Severity, { policy }: CompiledPolicy): DiagramNode {
  const { targets, meaning, review } = policy.severities[severity]
  return {
    id: `severity-${severity}`,
    kind: 'severity',
    title: severity,
    lines: [
      meaning,
      `first response ${targets.first_response.text} · update ${targets.update.text} · resolution ${targets.resolution.text}`,
      `on calendar ${targets.first_response.calendar}${review === undefined ? '' : ` · review ${review.text}`}`,
    ],
    severity,
  }
}

function gateNode({ policy, reviewRules }: CompiledPolicy): DiagramNode {
  return {
    id: 'review',
    kind: 'gate',
    title: 'A person decides',
    lines: [
      `${policy.teams[policy.review.team]?.name ?? policy.review.team}, within ${policy.review.budget.text} or the time of the severity`,
      'nothing leaves the house before',
      ...(reviewRules.length === 0
        ? []
        : [
            'and whenever',
            ...shortened(
              reviewRules.map(({ rule }) => `· ${rule.because}`),
              MOST_HOLDS,
            ),
          ]),
    ],
  }
}

function teamNode(id: string, { policy }: CompiledPolicy): DiagramNode {
  const team = policy.teams[id]
  const names = (ids: readonly string[] = []) =>
    ids.map((person) => policy.people[person]?.name ?? person).join(', ')
  return {
    id: `team-${id}`,
    kind: 'team',
    title: team?.name ?? id,
    lines: [`owners: ${names(team?.owners)}`, `backups: ${names(team?.backups)}`],
  }
}

function shortened(sentences: readonly string[], most: number): readonly string[] {
  const more = sentences.length - most
  const shown = sentences.slice(0, most).map(readableSentence)
  return more > 0 ? [...shown, `and ${more} more`] : shown
}
