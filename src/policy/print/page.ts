import { html, raw } from 'hono/html'
import type { CompiledPolicy } from '../../domain/compile-policy.ts'
import { describeCondition } from '../../domain/describe-condition.ts'
import { SEVERITIES, type Severity } from '../../domain/labels.ts'
import type { Calendar, Policy, Trigger } from '../../domain/policy.ts'
import { diagramOf } from '../diagram/graph.ts'
import { readableSentence } from '../diagram/readable-sentence.ts'
import { toSvg } from '../diagram/svg.ts'
import { manualProcedure } from './manual-procedure.ts'
import { STYLE } from './style.ts'

/** The whole procedure as one page without outside parts, for the wall and for the day when the service is down. */
export async function toPage(compiled: CompiledPolicy): Promise<string> {
  const { policy } = compiled
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Escalation procedure ${policy.id} ${policy.version}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>Escalation procedure</h1>
          <p>
            ${policy.id} ${policy.version} <code>${policy.hash.slice(0, 12)}</code>. Generated from
            the policy that decides: what stands here is what happens.
          </p>
        </header>
        <section>
          <h2>How bad, how fast</h2>
          ${severityTable(policy)}
        </section>
        <section class="wide">
          <h2>The way of a ticket</h2>
          <figure>${raw(toSvg(diagramOf(compiled)))}</figure>
        </section>
        <section>
          <h2>What raises a ticket</h2>
          <p>
            All are looked at; the most severe one wins, their order never matters. Nothing applies:
            P4. ■ rests on certain facts, and no model can undo it; □ may rest on a model’s opinion.
          </p>
          ${SEVERITIES.map((severity) => triggerTable(severity, policy))}
        </section>
        <section>
          <h2>Who gets it</h2>
          ${routeTable(policy)} ${teamTable(policy)}
          <p>
            Nobody there before the first response is due:
            <strong>${nameOf(policy, policy.lastResort.owner)}</strong>, backed up by
            ${nameOf(policy, policy.lastResort.backup)}.
          </p>
        </section>
        <section>
          <h2>When a person decides first</h2>
          <p>
            ${policy.teams[policy.review.team]?.name}. Every P1, every ticket that could not be
            scored, and:
          </p>
          <ul>
            ${policy.review.rules.map(
              (rule) =>
                html`<li>
                  ${readableSentence(rule.because)} <small>${describeCondition(rule.when)}</small>
                </li>`,
            )}
          </ul>
          ${escalationTable(policy)}
        </section>
        <section>
          <h2>What the customer hears</h2>
          <blockquote>${policy.messages.acknowledgement}</blockquote>
          <p>
            Never before a person approved where one must; then an update at least every
            ${SEVERITIES.map((severity) => `${policy.severities[severity].targets.update.text} (${severity})`).join(', ')}.
          </p>
        </section>
        <section class="page">
          <h2>By hand, when the service is down</h2>
          ${manualProcedure(compiled)}
        </section>
        <section>
          <h2>When we work</h2>
          ${calendarTable(policy)}
        </section>
      </body>
    </html>`
  return String(await page)
}

function severityTable(policy: Policy) {
  return html`<table>
    <thead>
      <tr>
        <th></th>
        <th>Means</th>
        <th>First response</th>
        <th>Update every</th>
        <th>Resolution</th>
        <th>Review</th>
        <th>Runs on</th>
      </tr>
    </thead>
    <tbody>
      ${SEVERITIES.map((severity) => {
        const { meaning, examples, targets, review } = policy.severities[severity]
        return html`<tr>
          <th scope="row"><span class="${severity}">${severity}</span></th>
          <td>
            ${meaning}
            <ul>
              ${examples.map((example) => html`<li><q>${example}</q></li>`)}
            </ul>
          </td>
          <td>${targets.first_response.text}</td>
          <td>${targets.update.text}</td>
          <td>${targets.resolution.text}</td>
          <td>${(review ?? policy.review.budget).text}</td>
          <td>${targets.first_response.calendar}</td>
        </tr>`
      })}
    </tbody>
  </table>`
}

function triggerTable(severity: Severity, policy: Policy) {
  const triggers = policy.triggers.filter(({ raise }) => raise === severity)
  if (triggers.length === 0) return ''
  return html`<table>
    <caption>
      <span class="${severity}">${severity}</span>
    </caption>
    <thead>
      <tr>
        <th>What</th>
        <th>Exactly</th>
        <th>Who is told</th>
      </tr>
    </thead>
    <tbody>
      ${triggers.map(
        (trigger) =>
          html`<tr>
            <td>${trigger.floor ? '■' : '□'} ${readableSentence(trigger.because)}</td>
            <td><small>${describeCondition(trigger.when)}</small></td>
            <td>${toldBy(trigger, policy)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function toldBy({ notify = [] }: Trigger, policy: Policy): string {
  return notify.map((team) => policy.teams[team]?.name ?? team).join(', ')
}

function routeTable(policy: Policy) {
  return html`<table>
    <thead>
      <tr>
        <th>When</th>
        <th>Team</th>
      </tr>
    </thead>
    <tbody>
      ${policy.routes.map(
        (route) =>
          html`<tr>
            <td>
              ${readableSentence(route.because)} <small>${describeCondition(route.when)}</small>
            </td>
            <td>${policy.teams[route.team]?.name}</td>
          </tr>`,
      )}
      <tr>
        <td>Anything else: ${policy.otherwise.because}</td>
        <td>${policy.teams[policy.otherwise.team]?.name}</td>
      </tr>
    </tbody>
  </table>`
}

function teamTable(policy: Policy) {
  return html`<table>
    <thead>
      <tr>
        <th>Team</th>
        <th>Owners, in this order</th>
        <th>Backups</th>
      </tr>
    </thead>
    <tbody>
      ${Object.values(policy.teams).map(
        ({ name, tier, owners, backups }) =>
          html`<tr>
            <td>${name} <small>tier ${tier}</small></td>
            <td>${owners.map((id) => personLine(policy, id))}</td>
            <td>${backups.map((id) => personLine(policy, id))}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function personLine(policy: Policy, id: string) {
  const person = policy.people[id]
  return html`<div>
    ${person?.name ?? id} <small>${person?.role}, ${person?.hours ?? 'any time'}</small>
  </div>`
}

function escalationTable(policy: Policy) {
  return html`<table>
    <thead>
      <tr>
        <th></th>
        <th>Reviewer decides within</th>
        <th>Backup reviewer is told after</th>
        <th>When nobody decides</th>
      </tr>
    </thead>
    <tbody>
      ${SEVERITIES.map((severity) => {
        const { review, reviewBackupAfter } = policy.severities[severity]
        return html`<tr>
          <th scope="row"><span class="${severity}">${severity}</span></th>
          <td>${(review ?? policy.review.budget).text}</td>
          <td>${reviewBackupAfter?.text ?? '–'}</td>
          <td>
            The severity stays, the next tier is told, nothing goes to the customer; marked
            “default, not a person”.
          </td>
        </tr>`
      })}
    </tbody>
  </table>`
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function calendarTable(policy: Policy) {
  return html`<table>
    <thead>
      <tr>
        <th>Calendar</th>
        <th>Time zone</th>
        <th>Open</th>
        <th>Closed on</th>
      </tr>
    </thead>
    <tbody>
      ${Object.values(policy.calendars).map(
        (calendar) =>
          html`<tr>
            <td>${calendar.id}</td>
            <td>${calendar.timezone}</td>
            <td>${openHours(calendar)}</td>
            <td>${calendar.holidays.join(', ')}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** "Mon–Fri 09:00–17:00": days with the same windows are named together. */
function openHours({ alwaysOpen, weekly }: Calendar) {
  if (alwaysOpen) return 'always'
  const days = DAYS.map((day, index) => ({
    day,
    hours: (weekly[(index + 1) as 1] ?? [])
      .map(({ start, end }) => `${clock(start)}–${clock(end)}`)
      .join(', '),
  }))
  const spans: { from: string; to: string; hours: string }[] = []
  for (const { day, hours } of days) {
    const last = spans.at(-1)
    if (last?.hours === hours) last.to = day
    else spans.push({ from: day, to: day, hours })
  }
  return spans
    .filter(({ hours }) => hours !== '')
    .map(({ from, to, hours }) => html`<div>${from === to ? from : `${from}–${to}`} ${hours}</div>`)
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function nameOf(policy: Policy, id: string): string {
  return policy.people[id]?.name ?? id
}
