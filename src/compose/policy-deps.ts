import type { CompiledPolicy } from '../domain/compile-policy.ts'
import type { PolicyDeps } from '../http/policy.ts'
import { diagramOf } from '../policy/diagram/graph.ts'
import { toMermaid } from '../policy/diagram/mermaid.ts'
import { toSvg } from '../policy/diagram/svg.ts'
import type { Db } from '../store/db.ts'
import { listPublications } from '../store/publications.ts'
import { findReceipt } from '../store/receipts.ts'
import { findTicket } from '../store/tickets.ts'
import type { SourceCheck } from './check-source.ts'
import { backtestSource, publishSource, rollBackPolicy } from './publish-source.ts'

const FILE = 'policy.yaml'
/** Tickets decided again before requests get their turn. */
const PAGE = 50
/** Tickets that a version which is put in force is tried on. */
const NEWEST = 10_000

type Parts = {
  readonly db: Db
  readonly policy: { readonly compiled: CompiledPolicy; readonly source: string }
  readonly findPolicyOf: (hash: string) => Promise<CompiledPolicy | undefined>
  readonly now: () => Date
  readonly checkPolicy: (source: string) => Promise<SourceCheck>
}

/** What `/policy` needs: the policy in force and the store of tickets and versions. */
export function createPolicyDeps({
  db,
  policy,
  findPolicyOf,
  now,
  checkPolicy,
}: Parts): Omit<
  PolicyDeps,
  'findCaller' | 'openCaller' | 'limiter' | 'checkPolicy' | 'maxBodyBytes'
> {
  return {
    currentPolicy: () => ({ policy: policy.compiled.policy, source: policy.source }),
    drawPolicy: async (format, caller, ticketId) => {
      const draw = format === 'svg' ? toSvg : toMermaid
      if (ticketId === undefined) return draw(diagramOf(policy.compiled))
      const ticket = await findTicket(db, caller, ticketId)
      const found = ticket && (await findReceipt(db, ticket.decision.decisionId))
      if (found === undefined) return undefined
      const { decision, policy: by } = found.receipt
      return draw(diagramOf((await findPolicyOf(by.hash)) ?? policy.compiled, decision))
    },
    backtestPolicy: (source, limit) => backtestSource(db, source, FILE, { limit, page: PAGE }),
    publishPolicy: (source, by) =>
      publishSource(
        db,
        { source, file: FILE },
        { ...by, now: now() },
        { page: PAGE, limit: NEWEST, check: checkPolicy },
      ),
    policyVersions: () => listPublications(db),
    rollBackPolicy: (hash, by) => rollBackPolicy(db, hash, { ...by, now: now() }),
  }
}
