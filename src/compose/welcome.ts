import type { Config } from '../config.ts'
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
  docs     ${url}/docs
  queue    ${url}/reviews

Try it:
  curl -s ${url}/triage -H 'content-type: application/json' -d '{"id":"T-1","subject":"Checkout is down","body":"We cannot process any orders since 8:40. This is the third time this month and I am considering leaving."}'

`
}
