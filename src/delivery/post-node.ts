import { lookup as lookUp } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import { isPublicAddress, namesPrivateAddress } from './address-guard.ts'
import type { Post } from './post.ts'
import { ANSWER_WITHIN_MS, ForbiddenAddress } from './post.ts'

/**
 * Sends over undici. Unless private addresses are allowed, the address is checked at the moment of connecting, in the
 * very lookup that the socket uses: a name that pointed elsewhere when it was registered gains nothing.
 */
export function createNodePost({
  allowPrivate,
  lookup = lookUp,
}: {
  readonly allowPrivate: boolean
  readonly lookup?: typeof lookUp
}): Post {
  const agent = new Agent({
    connect: { timeout: ANSWER_WITHIN_MS, ...(!allowPrivate && { lookup: publicLookup(lookup) }) },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
    keepAliveTimeout: 4_000,
  })
  return async ({ url, headers, body }) => {
    // Sockets look no literal address up.
    if (!allowPrivate && namesPrivateAddress(url)) throw new ForbiddenAddress()
    const answer = await request(url, {
      method: 'POST',
      headers: { ...headers },
      body,
      dispatcher: agent,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    await answer.body.dump({ limit: 16_384 })
    const retryAfter = answer.headers['retry-after']
    return {
      status: answer.statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
    }
  }
}

/** Every address of the name must be public: which one the socket takes is not ours to know. */
const publicLookup =
  (lookup: typeof lookUp): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(new ForbiddenAddress(), [])
      const [first] = addresses
      return options.all === true
        ? callback(null, addresses)
        : callback(null, first!.address, first!.family)
    })
