import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import { showPath } from '../problem.ts'
import { readYaml } from '../yaml-source.ts'
import { checkCoverage } from './coverage.ts'
import type { Finding } from './finding.ts'
import { checkIdleParts } from './idle-parts.ts'
import { checkLimits } from './limits.ts'
import { checkNames } from './names.ts'
import { checkRules, checkRulesForErrors } from './rules.ts'
import { checkSegments } from './segments.ts'
import { checkTimes } from './times.ts'
import { checkWording } from './wording.ts'

/** A finding with its place in the file; lines and columns count from 1. */
export type LocatedFinding = Omit<Finding, 'path'> & {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `triggers[3].when` */
  readonly path: string
}

/**
 * Everything that a support lead would not want of a policy that can be read, in the order of the file: errors, which
 * block start and publishing, and warnings. The next eight weeks count from `fromMs`.
 */
export function checkPolicy(
  source: string,
  file: string,
  compiled: CompiledPolicy,
  fromMs: number,
): readonly LocatedFinding[] {
  return locate(source, file, [
    ...checkRules(compiled),
    ...checkTimes(compiled, fromMs),
    ...checkSegments(compiled, fromMs),
    ...checkNames(compiled),
    ...checkIdleParts(compiled),
    ...checkLimits(compiled),
    ...checkWording(compiled.policy),
    ...checkCoverage(compiled, fromMs),
  ])
}

/** The errors alone: what a start or a publishing waits for. */
export function checkForErrors(
  source: string,
  file: string,
  compiled: CompiledPolicy,
  fromMs: number,
): readonly LocatedFinding[] {
  const found = [
    ...checkRulesForErrors(compiled),
    ...checkTimes(compiled, fromMs),
    ...checkSegments(compiled, fromMs),
    ...checkLimits(compiled),
  ]
  return locate(
    source,
    file,
    found.filter(({ level }) => level === 'error'),
  )
}

function locate(
  source: string,
  file: string,
  findings: readonly Finding[],
): readonly LocatedFinding[] {
  const { positionOf } = readYaml(source, file)
  return findings
    .map(({ path, ...finding }) => ({
      ...finding,
      file,
      ...positionOf(path),
      path: showPath(path),
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
}
