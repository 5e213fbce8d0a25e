import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { DeskAssets } from './assets.ts'
import { sendPage } from './layout.ts'
import { sessionOf } from './session.ts'

export type QueueDeps = { readonly deskAssets: DeskAssets }

/** The queue and the card of the chosen ticket. */
export function addQueue(desk: Hono, deps: QueueDeps): void {
  desk.get('/', (c) =>
    sendPage(c, deps.deskAssets, {
      title: 'Queue',
      place: 'queue',
      width: 'wide',
      session: sessionOf(c),
      main: html`<h1>Queue</h1>`,
    }),
  )
}
