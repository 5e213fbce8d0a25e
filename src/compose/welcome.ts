import type { Config } from '../config.ts'
import { DEFAULT_SCORING } from '../domain/cascade.ts'
import type { Policy } from '../domain/policy.ts'

/** What a newcomer sees: where it listens, where to look, and a line to paste. */
export function welcome(at: {
  readonly host: string
  readonly port: number
  readonly config: Config
  readonly policy: Policy
  readonly modelVersion: string
}): string {
  const host = at.host.includes(':') ? `[${at.host}]` : at.host
  const url = `http://${host}:${at.port}`
  const store =
    at.config.databaseUrl === undefined ? `PGlite in ${at.config.dataDir}` : 'PostgreSQL'
  const keys = at.config.loopback
    ? 'open to this machine while no API key exists'
    : 'API keys required'
  return `
Listening on ${url}  (${store}, ${keys})
  policy   ${at.policy.id} ${at.policy.version}   ${url}/policy
  model    ${at.modelVersion}
  llm      ${llmLine(at.config, at.policy)}
  docs     ${url}/docs
  queue    ${url}/reviews

Try it:
  curl -s ${url}/triage -H 'content-type: application/json' -d '{"id":"T-1","subject":"Checkout is down","body":"We cannot process any orders since 8:40. This is the third time this month and I am considering leaving."}'

`
}

function llmLine({ llm, localOnly }: Config, policy: Policy): string {
  if (localOnly) return 'none: PRIVACY=local-only, ticket text goes to the store and webhooks only'
  if (llm === undefined) return 'none: OPENAI_MODEL is not set'
  const { use } = policy.scoring ?? DEFAULT_SCORING
  if (use === 'local') return `${llm.model} is configured, but the policy scores locally`
  const when = use === 'llm' ? 'reads every ticket' : 'is asked when in doubt, may only raise'
  return `${llm.model} at ${new URL(llm.baseUrl ?? 'https://api.openai.com').host} ${when}`
}
