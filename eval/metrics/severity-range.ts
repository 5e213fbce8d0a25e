import { SEVERITIES, type Severity } from '../../src/domain/labels.ts'

/** The severities a careful lead would accept, both ends included. */
export type SeverityRange = { readonly most: Severity; readonly least: Severity }

/** What one case asked for and what was decided. */
export type Judged = {
  readonly expected: SeverityRange
  readonly decided: Severity
  /** Waits for a person. */
  readonly held: boolean
}

/** 0 for P1 to 3 for P4. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}

/** Steps below the least severe acceptable value; 0 inside the range or above it. */
export function stepsUnder({ expected, decided }: Judged): number {
  return Math.max(0, rankOf(decided) - rankOf(expected.least))
}

/** Steps above the most severe acceptable value; 0 inside the range or below it. */
export function stepsOver({ expected, decided }: Judged): number {
  return Math.max(0, rankOf(expected.most) - rankOf(decided))
}

/** A case that only P1 answers. */
export function isCritical({ expected }: Judged): boolean {
  return expected.least === 'P1'
}

/** A case for which P1 is wrong. Cases that accept P1 beside others belong to neither kind. */
export function isNonCritical({ expected }: Judged): boolean {
  return expected.most !== 'P1'
}

/** The acceptable severity nearest to the decided one: what a confusion matrix compares it with. */
export function nearestAcceptable({ expected, decided }: Judged): Severity {
  if (rankOf(decided) < rankOf(expected.most)) return expected.most
  return rankOf(decided) > rankOf(expected.least) ? expected.least : decided
}
