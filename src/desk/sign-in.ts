import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { mayAct } from '../domain/api-key.ts'
import type { DeskAssets } from './assets.ts'
import type { Html } from './html.ts'
import { sendPage, setPageHeaders } from './layout.ts'
import { readForm, readOpenForm } from './read-form.ts'
import type { SessionDeps } from './session.ts'
import { currentSession, DESK_ROLES, requireSession, signIn, signOut } from './session.ts'

export type SignInDeps = SessionDeps & { readonly deskAssets: DeskAssets }

/** Keys are short; a form that is longer is no sign-in. */
const LIMITS = { maxBytes: 4_096 }

/** Signing in with an API key, and signing out. */
export function addSignIn(desk: Hono, deps: SignInDeps): void {
  const show = (c: Context, form: { next: string; problem?: string }) =>
    sendPage(
      c,
      deps.deskAssets,
      { title: 'Sign in', width: 'narrow', main: signInForm(form) },
      form.problem === undefined ? 200 : 401,
    )

  desk.get('/sign-in', async (c) => {
    const next = safeAddress(c.req.query('next'))
    if (c.req.header('sec-fetch-site') === 'cross-site') return comeAgain(c, next)
    if ((await currentSession(c, deps)) !== undefined) return c.redirect(next, 303)
    return show(c, { next })
  })

  desk.post('/sign-in', async (c) => {
    const form = await readOpenForm(c, LIMITS)
    const next = safeAddress(form.one('next'))
    const key = form.one('key') ?? ''
    const caller = await deps.findCaller(key)
    if (caller === undefined)
      return show(c, { next, problem: 'This key is unknown or was revoked.' })
    if (!mayAct(caller, DESK_ROLES))
      return show(c, {
        next,
        problem: `The key "${caller.name}" lacks the role: reviewer or lead is required.`,
      })
    if ((await signIn(c, deps, key)) === undefined)
      return show(c, { next, problem: 'This key was revoked.' })
    return c.redirect(next, 303)
  })

  desk.post('/sign-out', requireSession(deps), async (c) => {
    await readForm(c, LIMITS)
    await signOut(c, deps)
    return c.redirect('/review/sign-in', 303)
  })
}

function signInForm({ next, problem }: { next: string; problem?: string }): Html {
  return html`<h1>Review desk</h1>
    <form method="post" action="/review/sign-in" class="panel stack">
      ${problem && html`<p class="problem" role="alert">${problem}</p>`}
      <input type="hidden" name="next" value="${next}" />
      <label for="key">API key</label>
      <input
        id="key"
        name="key"
        type="password"
        required
        autofocus
        autocomplete="current-password"
        spellcheck="false"
        aria-describedby="key-hint"
      />
      <p class="hint" id="key-hint">
        A key with the role reviewer or lead. Whoever runs the service makes one with
        <code>npm run triage -- keys create --role reviewer --name you</code>
      </p>
      <button class="primary">Sign in</button>
    </form>`
}

/**
 * A link from elsewhere (a chat message) brings no strict cookie. The page loads itself again from here, and then it
 * does.
 */
function comeAgain(c: Context, next: string): Response | Promise<Response> {
  setPageHeaders(c)
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="refresh" content="0; url=${next}" />
          <title>Review desk · Triage</title>
        </head>
        <body>
          <p><a href="${next}">Go on to the review desk</a></p>
        </body>
      </html>`,
  )
}

/** Only pages of the desk: an address from the outside must not lead elsewhere. */
function safeAddress(next: string | undefined): string {
  return next !== undefined && /^\/review(?:[/?][\w\-./?=&%]*)?$/.test(next) ? next : '/review'
}
