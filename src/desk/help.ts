import { html } from 'hono/html'

const KEYS = [
  ['j', 'next ticket'],
  ['k', 'previous ticket'],
  ['c', 'take it, or put it back'],
  ['a', 'approve'],
  ['o', 'change something, then approve (override)'],
  ['d', 'dismiss: not an escalation'],
  ['u', 'undo the last decision, while that is possible'],
  ['Esc', 'close a form or this help'],
  ['Ctrl + Enter', 'send the open form'],
  ['?', 'this help'],
] as const

/** All keys of the desk; `?` opens it. */
export const helpDialog = html`<dialog id="help" aria-labelledby="help-title">
  <h2 id="help-title">Keys</h2>
  <table>
    <thead class="unseen">
      <tr>
        <th scope="col">Key</th>
        <th scope="col">Does</th>
      </tr>
    </thead>
    <tbody>
      ${KEYS.map(
        ([key, does]) =>
          html`<tr>
            <th scope="row"><kbd>${key}</kbd></th>
            <td>${does}</td>
          </tr>`,
      )}
    </tbody>
  </table>
  <form method="dialog"><button>Close</button></form>
</dialog>`
