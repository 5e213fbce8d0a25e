import { createHash } from 'node:crypto'
import type { DeskAsset } from '../desk/assets.ts'

/** A file with the start of its SHA-256 as its version. */
export function versioned(body: string): DeskAsset {
  return { body, version: createHash('sha256').update(body).digest('hex').slice(0, 12) }
}
