import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import { segmentRoutes } from '../../domain/segment-routes.ts'
import type { Finding } from './finding.ts'

/** Teams that nothing leads to, and people who are in no team: left over, or forgotten in a rule. */
export function checkNames(compiled: CompiledPolicy): readonly Finding[] {
  const { policy, reviewers } = compiled
  const teams = new Set([
    policy.otherwise.team,
    policy.review.team,
    ...policy.routes.map(({ team }) => team),
    ...segmentRoutes(compiled).map(({ rule }) => rule.team),
    ...policy.triggers.flatMap(({ notify }) => notify ?? []),
    ...Object.values(policy.teams).flatMap(({ relief }) => relief ?? []),
    ...(policy.review.nextTier === undefined ? [] : [policy.review.nextTier]),
    ...Object.values(policy.sla?.page ?? {}).flat(),
  ])
  const people = new Set([
    policy.lastResort.owner,
    policy.lastResort.backup,
    ...toldOfIncidents(policy),
    ...reviewers.map(({ ref }) => ref.id),
    ...Object.values(policy.teams).flatMap(({ owners, backups, onCall, decisionMaker }) => [
      ...owners,
      ...backups,
      ...(onCall?.people ?? []),
      ...(decisionMaker === undefined ? [] : [decisionMaker]),
    ]),
  ])
  return [
    ...Object.values(policy.teams)
      .filter(({ id }) => !teams.has(id))
      .map(({ id, name }): Finding => ({
        code: 'team-unused',
        level: 'warning',
        path: ['teams', id],
        message: `No route, trigger or review leads to the team "${id}"`,
        mend: 'Name it in a route or under notify, or take it out',
        witness: { kind: 'text', sentence: `${name} never gets a ticket and is never told` },
      })),
    ...Object.values(policy.people)
      .filter(({ id }) => !people.has(id))
      .map(({ id, name }): Finding => ({
        code: 'person-unused',
        level: 'warning',
        path: ['people', id],
        message: `"${id}" is in no team`,
        mend: 'Add the person to a team, or take the entry out',
        witness: { kind: 'text', sentence: `${name} never gets a ticket` },
      })),
  ]
}

function toldOfIncidents({ spikes }: CompiledPolicy['policy']): readonly string[] {
  const { major } = spikes
  return major ? [...major.otherwise, ...Object.values(major.regions).flat()] : []
}
