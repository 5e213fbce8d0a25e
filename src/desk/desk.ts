import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Context } from 'hono'
import type { App } from '../http/app.ts'
import type { Problem } from '../http/problem.ts'
import { problemOf, requestIdOf } from '../http/problem.ts'
import { addAssets } from './assets.ts'
import { sendPage } from './layout.ts'
import type { EventDeps } from './events.ts'
import { addEvents } from './events.ts'
import type { HistoryDeps } from './history-page.ts'
import { addHistory } from './history-page.ts'
import type { QualityDeps } from './quality-page.ts'
import { addQuality } from './quality-page.ts'
import type { QueueDeps } from './queue-page.ts'
import { addQueue } from './queue-page.ts'
import type { SignInDeps } from './sign-in.ts'
import { addSignIn } from './sign-in.ts'
import type { SpikesPageDeps } from './spikes-page.ts'
import { addSpikesPage } from './spikes-page.ts'
import { requireSession, sessionOf } from './session.ts'

export type DeskDeps = SignInDeps &
  QueueDeps &
  HistoryDeps &
  QualityDeps &
  SpikesPageDeps &
  EventDeps & {
    /** An error that no code names; the message may be logged, never shown. */
    readonly onUnexpected: (error: unknown, requestId: string) => void
  }

/** The reviewers' pages under `/review`. Everything is rendered here; the script only saves reloads and adds keys. */
export function addDesk(app: App, deps: DeskDeps): void {
  const desk = new Hono()
  desk.onError((error, c) => {
    const problem = problemOf(error, requestIdOf(c))
    if (problem.status === 500) deps.onUnexpected(error, requestIdOf(c))
    return showProblem(c, deps, problem)
  })
  addAssets(desk, deps.deskAssets)
  addSignIn(desk, deps)
  // What follows is for signed-in people only.
  desk.use(requireSession(deps))
  addEvents(desk, deps)
  addQueue(desk, deps)
  addHistory(desk, deps)
  addQuality(desk, deps)
  addSpikesPage(desk, deps)
  app.route('/review', desk)
}

/** An error as a page, with a way back. */
async function showProblem(c: Context, deps: DeskDeps, problem: Problem): Promise<Response> {
  const wait = problem['retryAfterSeconds']
  if (typeof wait === 'number') c.header('retry-after', String(wait))
  const session = sessionOf(c) as ReturnType<typeof sessionOf> | undefined
  return sendPage(
    c,
    deps.deskAssets,
    {
      title: problem.title,
      width: 'narrow',
      ...(session && { session }),
      main: html`<h1>${problem.title}</h1>
        <p>${problem.detail ?? 'It was logged. Trying again may help.'}</p>
        <p class="hint">Request ${problem.instance}</p>
        <p><a href="/review">To the queue</a></p>`,
    },
    problem.status as Parameters<typeof sendPage>[3],
  )
}
