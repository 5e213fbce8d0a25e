import type { Db } from '../store/db.ts'
import type { TickPart } from '../tick.ts'

/** What the parts of a pass are made from. */
export type TickNeeds = { readonly db: Db }

/** What runs in every pass, in this order. */
export function tickParts(_needs: TickNeeds): readonly TickPart[] {
  return []
}
