import { z } from '@hono/zod-openapi'

/** The RFC 9457 document that every error answer is. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    instance: z.string().optional().openapi({ description: 'The request id' }),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

/** A JSON response of a route. */
export function json<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } }
}

const MEANING: Readonly<Record<number, string>> = {
  400: 'Not well formed: broken JSON or UTF-8, or a broken header',
  401: 'No or unknown API key',
  403: 'The key lacks the role',
  404: 'Unknown id',
  409: 'The state does not allow it; the current state is in the document',
  413: 'The body is too large',
  415: 'The content type is not supported',
  422: 'The body does not fit the schema; `errors` names each field',
  429: 'Too many requests for this key; see Retry-After',
  503: 'The store cannot commit or the service is at its limit; see Retry-After',
}

/** The problem responses of a route, by status. */
export function problems(...statuses: readonly number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: MEANING[status]!,
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  )
}
