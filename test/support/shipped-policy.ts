import { readdirSync, readFileSync } from 'node:fs'
import type { Policy } from '../../src/domain/policy.ts'
import { parsePolicy } from '../../src/policy/parse.ts'

/** The names of the shipped policies. */
export const SHIPPED_POLICIES: readonly string[] = readdirSync(
  new URL('../../policies', import.meta.url),
)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length))

/** A policy of `policies/`, read as the service reads it. */
export function shippedPolicy(name = 'saas'): Policy {
  const file = new URL(`../../policies/${name}.yaml`, import.meta.url)
  return parsePolicy(readFileSync(file, 'utf8'), `policies/${name}.yaml`)
}
