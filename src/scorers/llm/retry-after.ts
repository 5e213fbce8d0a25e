/** Nobody is asked to stay away for longer than this, whatever the header says. */
const MOST_MS = 600_000

/** Milliseconds that a server asks to be left alone: `retry-after-ms`, or `Retry-After` in seconds or as a date. */
export function retryAfterMs(headers: Headers | undefined, now: Date): number | undefined {
  const millis = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (Number.isFinite(millis)) return clamp(millis)
  const header = headers?.get('retry-after') ?? ''
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return clamp(Number(header) * 1000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : clamp(date - now.getTime())
}

const clamp = (ms: number) => Math.min(MOST_MS, Math.max(0, ms))
