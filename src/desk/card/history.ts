import { html } from 'hono/html'
import type { Html } from '../html.ts'
import { spoken } from '../names.ts'
import { showHidden } from '../text/show-hidden.ts'
import { moment } from '../time.ts'

/** One entry of the ticket's audit. */
export type HistoryEntry = {
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly before?: unknown
  readonly after?: unknown
  readonly reason?: string | null
}

/** Fields whose change is worth a word. */
const FIELDS = ['severity', 'type', 'team', 'owner', 'backup'] as const
const SHOWN = 20

/** Everything that happened to the ticket, newest first. */
export function historySection(entries: readonly HistoryEntry[], now: Date): Html {
  const newest = entries.toReversed().slice(0, SHOWN)
  return html`<section aria-labelledby="history-title">
    <h2 id="history-title">History</h2>
    <ol class="plain history">
      ${newest.map(
        (entry) =>
          html`<li>
            ${moment(entry.at, now)} <b>${entry.actor}</b> ${verbOf(entry.action)}
            ${changesOf(entry)}
            ${entry.reason ? html`<q>${showHidden(entry.reason.slice(0, 500))}</q>` : ''}
          </li>`,
      )}
    </ol>
    ${
      entries.length > SHOWN
        ? html`<p class="hint">${entries.length - SHOWN} earlier entries are in the audit.</p>`
        : ''
    }
  </section>`
}

/** `review.claimed` → `review claimed`. */
const verbOf = (action: string) => spoken(action.replace('.', ' '))

function changesOf({ before, after }: HistoryEntry): string {
  const [old, now] = [memberOf(before), memberOf(after)]
  return FIELDS.filter((field) => old(field) !== undefined && old(field) !== now(field))
    .map((field) => `${field} ${old(field)} → ${now(field)}`)
    .join(', ')
}

const memberOf = (document: unknown) => (field: string) => {
  const value = (document as Record<string, unknown> | null | undefined)?.[field]
  return typeof value === 'string' ? value : undefined
}
