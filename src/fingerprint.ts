import { createHash, createHmac } from 'node:crypto'
import { canonicalJson } from './domain/canonical-json.ts'

/** SHA-256 of the canonical JSON of a value, hex. Equal values have equal fingerprints, whatever the order of their members. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/** HMAC-SHA256 under a salt, hex: proves which text was decided on and says nothing once the salt is erased. */
export function hmac(salt: string, text: string): string {
  return createHmac('sha256', salt).update(text).digest('hex')
}

/** A customer as a number, 64 bits of SHA-256 in decimal: what is counted for spikes keeps no ids. */
export function customerNumber(id: string): string {
  return createHash('sha256').update(id).digest().readBigInt64BE().toString()
}
