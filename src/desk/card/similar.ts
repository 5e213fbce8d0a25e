import { html } from 'hono/html'
import type { Severity } from '../../domain/labels.ts'
import type { Html } from '../html.ts'
import type { Names } from '../names.ts'
import { showHidden } from '../text/show-hidden.ts'
import { moment } from '../time.ts'
import { percent } from './scores.ts'

export type SimilarTicket = {
  readonly subject: string
  readonly body: string
  readonly ticketId: string
  readonly severity: Severity
  readonly standing: string
  readonly team: string
  readonly reviewId: string | null
  readonly createdAt: string
  readonly sameCustomer: boolean
  /** 0 to 1, of the words at the beginning of both. */
  readonly shared: number
}

/** Recent tickets that read alike or come from the same customer, with what became of them. */
export function similarSection(tickets: readonly SimilarTicket[], names: Names, now: Date): Html {
  return html`<section aria-labelledby="similar-title">
    <h2 id="similar-title">Similar recent tickets</h2>
    ${tickets.length === 0 ? html`<p class="hint">None.</p>` : ''}
    <ul class="plain similar">
      ${tickets.map(
        (ticket) =>
          html`<li>
            <span class="severity plain">${ticket.severity}</span>
            ${linked(ticket)}
            <span class="hint"
              >${likeness(ticket)} · ${ticket.standing} · ${names.team(ticket.team)} ·
              ${moment(ticket.createdAt, now)}</span
            >
          </li>`,
      )}
    </ul>
  </section>`
}

function linked({ reviewId, subject, body }: SimilarTicket): Html {
  const title = subject === '' ? body : subject
  const shown = html`<bdi>${title === '' ? 'Text erased' : showHidden(title.slice(0, 100))}</bdi>`
  return reviewId === null ? shown : html`<a href="/review/${reviewId}">${shown}</a>`
}

function likeness({ sameCustomer, shared }: SimilarTicket): string {
  const words = `${percent(shared)} of the words`
  return sameCustomer ? `same customer, ${words}` : words
}
