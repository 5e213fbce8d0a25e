import { namesPrivateAddress } from './address-guard.ts'
import type { Post } from './post.ts'
import { ANSWER_WITHIN_MS, ForbiddenAddress } from './post.ts'

/** Sends over `fetch`, for Workers: they look names up themselves and reach no private network. */
export function createFetchPost({ allowPrivate }: { readonly allowPrivate: boolean }): Post {
  return async ({ url, headers, body }) => {
    if (!allowPrivate && namesPrivateAddress(url)) throw new ForbiddenAddress()
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    await answer.body?.cancel()
    return { status: answer.status, retryAfter: answer.headers.get('retry-after') }
  }
}
