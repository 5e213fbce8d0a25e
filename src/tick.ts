/** Work that falls due with time. Safe to run twice and on many replicas: what is done is marked in the store. */
export type TickPart = {
  readonly name: string
  /** Does what is due at `now`; gives how much that was. */
  readonly run: (now: Date) => Promise<number>
}

export type TickDeps = {
  readonly parts: readonly TickPart[]
  readonly now: () => Date
  readonly onError: (error: unknown, part: string) => void
}

/** One pass over everything that is due. A part that fails is told and tried again in the next pass; the others go on. */
export async function tick({
  parts,
  now,
  onError,
}: TickDeps): Promise<Readonly<Record<string, number>>> {
  const done: Record<string, number> = {}
  for (const { name, run } of parts) {
    try {
      done[name] = await run(now())
    } catch (error) {
      onError(error, name)
    }
  }
  return done
}
