import type { Context } from 'hono'
import { html } from 'hono/html'
import type { DeskAssets } from './assets.ts'
import { addressesOf } from './assets.ts'
import { helpDialog } from './help.ts'
import type { Html } from './html.ts'
import type { DeskSession } from './session.ts'

/** The pages of the desk, as the navigation lists them. */
export const PLACES = [
  { id: 'queue', address: '/review', name: 'Queue' },
  { id: 'spikes', address: '/review/spikes', name: 'Spikes' },
  { id: 'history', address: '/review/history', name: 'History' },
  { id: 'quality', address: '/review/quality', name: 'Quality' },
] as const
export type Place = (typeof PLACES)[number]['id']

export type Page = {
  readonly title: string
  /** Absent on pages outside the navigation. */
  readonly place?: Place
  /** Absent before sign-in. */
  readonly session?: DeskSession
  readonly main: Html
  /** Classes of the main part: `wide` uses the whole window. */
  readonly width?: 'wide' | 'narrow'
}

/** Nothing but our own two files may load or run, no page may frame this one, and forms only come back to us. */
const SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "form-action 'self'",
  "base-uri 'none'",
].join('; ')

/** A whole page of the desk: head, navigation, the given main part, live regions, help. */
export function renderPage(assets: DeskAssets, page: Page): Html {
  const address = addressesOf(assets)
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · Triage</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${address.css}" />
        <script type="module" src="${address.script}"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        ${topBar(page)}
        <main id="main" class="${page.width ?? 'medium'}" tabindex="-1">${page.main}</main>
        <div id="announcer" class="unseen" role="status" aria-live="polite"></div>
        ${page.session && helpDialog}
      </body>
    </html>`
}

/** Answers with a page that no cache keeps, because it may show what customers wrote. */
export async function sendPage(
  c: Context,
  assets: DeskAssets,
  page: Page,
  status: 200 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 503 = 200,
): Promise<Response> {
  setPageHeaders(c)
  return c.html(renderPage(assets, page), status)
}

/** The headers of everything that the desk shows, whole pages and parts of them. */
export function setPageHeaders(c: Context): void {
  c.header('content-security-policy', SECURITY_POLICY)
  c.header('x-content-type-options', 'nosniff')
  // The origin must reach our own forms: without any referrer browsers call it "null".
  c.header('referrer-policy', 'same-origin')
  c.header('cache-control', 'no-store')
}

/** The hidden field without which `readForm` refuses a form. */
export const csrfField = (session: DeskSession) =>
  html`<input type="hidden" name="csrf" value="${session.csrf}" />`

function topBar({ place, session }: Page): Html {
  return html`<header class="bar">
    <a class="brand" href="/review">Triage</a>
    ${
      session &&
      html`<nav aria-label="Desk">
          <ul>
            ${PLACES.map(
              ({ id, address, name }) =>
                html`<li>
                  <a href="${address}" ${id === place ? html`aria-current="page"` : ''}>${name}</a>
                </li>`,
            )}
          </ul>
        </nav>
        <p class="live" id="live" hidden></p>
        <button type="button" class="quiet" id="help-button" aria-haspopup="dialog" hidden>
          Keys <kbd>?</kbd>
        </button>
        <form method="post" action="/review/sign-out" class="who">
          ${csrfField(session)}
          <span title="Signed in as">${session.caller.name}</span>
          <button class="quiet">Sign out</button>
        </form>`
    }
  </header>`
}
