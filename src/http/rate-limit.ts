/** One bucket a caller, in this process: a limit on one replica, not a quota over all of them. */
export type RateLimiter = {
  /** The RateLimit-Policy header. */
  readonly policy: string
  readonly take: (caller: string) => {
    allowed: boolean
    remaining: number
    retryAfterSeconds: number
  }
}

/** Token bucket: `perMinute` on average, bursts of up to a tenth of a minute's worth (at least 20). */
export function createRateLimiter(perMinute: number, elapsedMs: () => number): RateLimiter {
  const burst = Math.max(20, Math.ceil(perMinute / 10))
  const perMs = perMinute / 60_000
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    policy: `"default";q=${perMinute};w=60`,
    take: (caller) => {
      const now = elapsedMs()
      const bucket = buckets.get(caller) ?? { tokens: burst, at: now }
      buckets.set(caller, bucket)
      bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perMs)
      bucket.at = now
      const allowed = bucket.tokens >= 1
      if (allowed) bucket.tokens -= 1
      const wait = Math.max(0, 1 - bucket.tokens) / perMs / 1000
      return {
        allowed,
        remaining: Math.floor(bucket.tokens),
        retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil(wait)),
      }
    },
  }
}
