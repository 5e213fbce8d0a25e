import type { html } from 'hono/html'

/** What `html` gives: everything put into it was escaped. */
export type Html = ReturnType<typeof html>
