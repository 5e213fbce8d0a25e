import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { TriageError } from '../domain/errors.ts'
import type { Incident, IncidentCommand } from '../domain/incident.ts'
import { topicOf } from '../domain/incident-notice.ts'
import { kindOf } from '../domain/spike-keys.ts'
import type { IncidentMemberView, SpikeDeps } from '../http/spikes.ts'
import type { DeskAssets } from './assets.ts'
import type { Html } from './html.ts'
import { csrfField, sendPage, setPageHeaders } from './layout.ts'
import type { Form } from './read-form.ts'
import { readForm } from './read-form.ts'
import type { DeskSession } from './session.ts'
import { sessionOf } from './session.ts'
import { spikeChart } from './spike-chart.ts'
import { moment } from './time.ts'

export type SpikesPageDeps = Pick<
  SpikeDeps,
  'listIncidents' | 'findIncident' | 'incidentMembers' | 'actOnIncident' | 'maxBodyBytes'
> & {
  readonly deskAssets: DeskAssets
  readonly now: () => Date
}

const VERBS = ['confirm', 'reject', 'close'] as const
const MEMBERS = 12
const ENDED = 10

/** What many customers report now, with its course, its tickets and what a person can do about it. */
export function addSpikesPage(desk: Hono, deps: SpikesPageDeps): void {
  desk.get('/spikes', (c) => showPage(c, deps))
  // The part that renews itself.
  desk.get('/spikes/live', async (c) => {
    setPageHeaders(c)
    return c.html(await liveSpikes(deps, sessionOf(c)))
  })

  for (const verb of VERBS)
    desk.post(`/spikes/:id/${verb}`, async (c) => {
      const form = await readForm(c, { maxBytes: deps.maxBodyBytes })
      const { caller } = sessionOf(c)
      const command = commandOf(verb, form)
      if (command === null) return showPage(c, deps, 'A rejection needs a reason', 422)
      const result = await deps.actOnIncident(c.req.param('id'), command, caller.name)
      if (result === undefined) throw new TriageError('not_found', 'Cannot find this incident')
      if (!result.ok) return showPage(c, deps, result.reason, 409)
      return c.redirect('/review/spikes', 303)
    })
}

function commandOf(kind: (typeof VERBS)[number], form: Form): IncidentCommand | null {
  const reason = form.one('reason')
  if (kind === 'reject') return reason === undefined ? null : { kind, reason }
  return reason === undefined ? { kind } : { kind, reason }
}

async function showPage(
  c: Context,
  deps: SpikesPageDeps,
  problem?: string,
  status: 200 | 409 | 422 = 200,
): Promise<Response> {
  const session = sessionOf(c)
  return sendPage(
    c,
    deps.deskAssets,
    {
      title: 'Spikes',
      place: 'spikes',
      session,
      main: html`<h1>Spikes</h1>
        <p class="hint">
          Many different customers say the same, more than is usual at this hour of the week. Each
          ticket keeps its own decision; here people say what the whole of it is.
        </p>
        ${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
        ${await liveSpikes(deps, session)}`,
    },
    status,
  )
}

async function liveSpikes(deps: SpikesPageDeps, session: DeskSession): Promise<Html> {
  const now = deps.now()
  const open = await deps.listIncidents({ state: 'open', limit: 50 })
  const closed = await deps.listIncidents({ state: 'closed', limit: ENDED })
  const rejected = await deps.listIncidents({ state: 'rejected', limit: ENDED })
  const ended = [...closed, ...rejected]
    .sort((a, b) => Date.parse(b.openedAt) - Date.parse(a.openedAt))
    .slice(0, ENDED)
  const shown = await Promise.all(
    open.map(async (incident) => ({
      incident,
      members: await deps.incidentMembers(incident.id, MEMBERS),
    })),
  )
  return html`<div id="spikes" data-renew="/review/spikes/live" class="stack">
    ${open.length === 0 ? html`<p class="notice good">Nothing unusual now.</p>` : ''}
    ${shown.map(({ incident, members }) => openIncident(incident, members, session, now))}
    ${
      ended.length === 0
        ? ''
        : html`<section class="panel">
            <h2>Ended</h2>
            ${ended.map((incident) => endedIncident(incident, now))}
          </section>`
    }
  </div>`
}

function openIncident(
  incident: Incident,
  members: readonly IncidentMemberView[],
  session: DeskSession,
  now: Date,
): Html {
  const { id, key, state, ratio, members: tickets, pagedAt, notice, decidedBy } = incident
  return html`<section class="panel" aria-labelledby="spike-${id}">
    <h2 id="spike-${id}">${topicOf(key)}</h2>
    <p>
      <strong>${state === 'confirmed' ? `Confirmed by ${decidedBy}` : 'Waits for a person'}</strong>
      · ${ratio.toFixed(1)} times the usual · ${tickets} tickets
      ${pagedAt === null ? '' : html`· managers told ${moment(pagedAt, now)}`}
    </p>
    ${spikeChart(incident)}
    <p class="hint">Counted under ${readable(incident.keys)}</p>
    ${memberTable(members)}
    ${
      notice === null
        ? ''
        : html`<details>
            <summary>Draft of a message to customers; nothing sends it</summary>
            <pre class="draft">${notice}</pre>
          </details>`
    }
    <div class="buttons">
      ${state === 'candidate' ? commandForm(session, id, 'confirm', 'It is an incident') : ''}
      ${state === 'candidate' ? commandForm(session, id, 'reject', 'It is none', true) : ''}
      ${commandForm(session, id, 'close', 'It is over')}
    </div>
  </section>`
}

function commandForm(
  session: DeskSession,
  id: string,
  verb: (typeof VERBS)[number],
  label: string,
  needsReason = false,
): Html {
  const field = `${verb}-${id}`
  return html`<form method="post" action="/review/spikes/${id}/${verb}" class="spike-form">
    ${csrfField(session)}
    ${
      needsReason
        ? html`<label for="${field}" class="unseen">Why it is none</label>
            <input
              id="${field}"
              name="reason"
              placeholder="Why it is none"
              maxlength="2000"
              required
            />`
        : ''
    }
    <button>${label}</button>
  </form>`
}

function memberTable(members: readonly IncidentMemberView[]): Html {
  return html`<table>
    <caption class="unseen">
      Newest tickets
    </caption>
    <thead>
      <tr>
        <th scope="col">Ticket</th>
        <th scope="col">Severity</th>
        <th scope="col">Team</th>
        <th scope="col">Owner</th>
        <th scope="col">Region</th>
      </tr>
    </thead>
    <tbody>
      ${members.map(
        ({ ticketId, severity, team, owner, region, earlier }) =>
          html`<tr>
            <td>${ticketId}${earlier ? ' (before)' : ''}</td>
            <td>${severity}</td>
            <td>${team}</td>
            <td>${owner}</td>
            <td>${region ?? '–'}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function endedIncident(incident: Incident, now: Date): Html {
  const { key, state, summary, reason, closedBy, closedAt } = incident
  const regions = Object.entries(summary?.regions ?? {})
    .map(([region, customers]) => `${region} ${customers}`)
    .join(', ')
  return html`<details>
    <summary>
      ${topicOf(key)}: ${state}
      ${closedBy === null || closedAt === null ? '' : html`by ${closedBy}, ${moment(closedAt, now)}`}
    </summary>
    ${
      summary === null
        ? ''
        : html`<p>
            ${summary.tickets} tickets of ${summary.customers} customers in ${summary.minutes}
            minutes, ${summary.peakCustomers} at most in the window (${summary.peakRatio.toFixed(1)}
            times the usual); ${regions}.
          </p>`
    }
    ${reason === null ? '' : html`<p>${reason}</p>`} ${spikeChart(incident)}
    <ul>
      ${(summary?.examples ?? []).map((example) => html`<li>${example}</li>`)}
    </ul>
  </details>`
}

/** Groups of meaning have no name that says anything. */
function readable(keys: readonly string[]): string {
  const named = keys.filter((key) => kindOf(key) !== 'meaning')
  const groups = keys.length - named.length
  return [...named.map(topicOf), ...(groups > 0 ? [`${groups} groups of meaning`] : [])].join(', ')
}
