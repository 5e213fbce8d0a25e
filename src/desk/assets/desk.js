// The desk's script. Every page works without it; it ticks the clocks, shows what changed without a reload, answers the
// keys, and swaps pages in place so that the focus stays. All that it shows was rendered and escaped by the server.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const $ = (selector, within = document) => within.querySelector(selector)
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)]

// ── Clocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The server's clock minus ours, so that a wrong clock on this machine shows no wrong times. */
let offset = 0
const now = () => Date.now() + offset

function setClock(serverNow) {
  if (serverNow) offset = Date.parse(serverNow) - Date.now()
}

function span(ms) {
  if (ms < 10 * MINUTE) {
    const seconds = Math.floor(ms / 1_000)
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
}

function pressure(left) {
  if (left <= 0) return 'over'
  if (left <= 2 * MINUTE) return 'urgent'
  return left <= 10 * MINUTE ? 'soon' : 'calm'
}

function tick() {
  for (const clock of $$('time.due')) {
    const left = Date.parse(clock.dateTime) - now()
    const text = left > 0 ? `${span(left)} left` : `${span(-left)} over`
    if (clock.textContent !== text) clock.textContent = text
    clock.dataset.pressure = pressure(left)
    const line = clock.closest('a.line')
    if (line) line.dataset.pressure = pressure(left)
  }
  for (const over of $$('[data-until]')) if (Date.parse(over.dataset.until) <= now()) over.remove()
}

/** Moments in the reader's own zone. */
function localise(within) {
  for (const at of $$('time.at', within)) at.title = new Date(at.dateTime).toLocaleString()
}

// ── Pages in place ──────────────────────────────────────────────────────────────────────────────────────────────────

const main = $('#main')
const announcer = $('#announcer')

function announce(text) {
  announcer.textContent = ''
  requestAnimationFrame(() => (announcer.textContent = text))
}

let loading

/** Loads a page of the desk and puts its main part here; anything unexpected is left to the browser. */
async function visit(address, { form, back = false } = {}) {
  loading?.abort()
  const mine = (loading = new AbortController())
  main.setAttribute('aria-busy', 'true')
  try {
    const response = await fetch(address, {
      ...(form && { method: 'POST', body: new URLSearchParams(new FormData(form)) }),
      signal: mine.signal,
    })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const there = $('#main', page)
    const isDesk = there !== null && $('.desk', there) !== null
    if (!isDesk && !form) return location.assign(address)
    if (there === null) return location.reload()
    // What was refused has no address of its own.
    const refused = form !== undefined && !response.redirected
    show(page, there, back || refused ? undefined : response.url, form !== undefined)
  } catch (error) {
    if (error.name === 'AbortError') return
    announce('The server did not answer. Nothing was changed; try again.')
    setLive('lost')
  } finally {
    if (loading === mine) main.removeAttribute('aria-busy')
  }
}

function show(page, there, address, sent) {
  const scrolled = $('#queue')?.scrollTop ?? 0
  main.className = there.className
  main.replaceChildren(...there.childNodes)
  document.title = page.title
  if (address !== undefined && address !== location.href) history.pushState(null, '', address)
  setClock($('.desk')?.dataset.now)
  start()
  $('#queue')?.scrollTo(0, scrolled)
  focusAfter(sent)
}

/** The focus goes where the work goes on: a problem, an open form, else the card's title. */
function focusAfter(sent) {
  const problem = $('#standing .problem')
  const field = $('.answer select, .answer input:not([type=hidden])')
  const target = problem ?? field ?? (sent ? $('#done') : null) ?? $('#card-title')
  if (target === null) return
  if (target !== field) target.tabIndex = -1
  window.scrollTo(0, 0)
  target.focus()
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href]')
  if (link === null || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
    return
  const address = new URL(link.href)
  if (address.origin !== location.origin || !isDeskAddress(address) || address.hash !== '') return
  event.preventDefault()
  void visit(address.href)
})

document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.method !== 'post' || $('.desk') === null || !isDeskAddress(new URL(form.action))) return
  event.preventDefault()
  if (main.getAttribute('aria-busy') !== 'true') void visit(form.action, { form })
})

window.addEventListener('popstate', () => void visit(location.href, { back: true }))

/** The queue and its cards; other pages load as usual. */
const isDeskAddress = ({ pathname }) =>
  pathname === '/review' || /^\/review\/[0-9a-f-]{36}(\/|$)/i.test(pathname)

// ── Changes as they happen ──────────────────────────────────────────────────────────────────────────────────────────

const live = $('#live')

function setLive(state) {
  if (live === null) return
  live.hidden = false
  live.dataset.state = state
  live.textContent = state === 'on' ? 'Live' : 'Connection lost, trying again'
}

let events

function listen() {
  if ($('.desk') === null || events !== undefined) return
  events = new EventSource('/review/events')
  // Sent at once after every reconnect too, so nothing is missed.
  events.addEventListener('queue', (event) => {
    hear(event)
    void renew()
  })
  events.addEventListener('beat', hear)
  events.addEventListener('error', () => {
    setLive('lost')
    if (events.readyState !== EventSource.CLOSED) return
    // Not a stream any more: signed out, or the server is away. Look again, more slowly.
    events = undefined
    setTimeout(listen, 5_000)
  })
}

function hear(event) {
  setClock(JSON.parse(event.data).now)
  setLive('on')
}

let renewing = false
let again = false

/** Fetches the queue and how the shown ticket stands, and puts in what differs. */
async function renew() {
  if ($('.desk') === null) return
  if (renewing) {
    again = true
    return
  }
  renewing = true
  try {
    const asked = new URLSearchParams(location.search)
    const chosen = $('.card')?.dataset.review
    if (chosen) asked.set('chosen', chosen)
    const response = await fetch(`/review/live?${asked}`)
    if (!response.ok || response.redirected) return location.reload()
    const part = new DOMParser().parseFromString(await response.text(), 'text/html')
    if (chosen === $('.card')?.dataset.review) putIn(part)
    // The first ticket has come while the page said that there is none.
    if (chosen === undefined && $('a.line') !== null) await visit(location.href)
  } catch {
    setLive('lost')
  } finally {
    renewing = false
    if (again) {
      again = false
      void renew()
    }
  }
}

function putIn(part) {
  const [mine, fresh] = [$('#queue'), $('#queue', part)]
  if (mine !== null && fresh !== null) {
    announceNew(mine, fresh)
    const focused = mine.contains(document.activeElement) ? document.activeElement.id : ''
    const scrolled = mine.scrollTop
    mine.replaceWith(fresh)
    fresh.scrollTo(0, scrolled)
    if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true })
    const open = Number(fresh.dataset.open)
    document.title = document.title.replace(/^(\(\d+\) )?/, open === 0 ? '' : `(${open}) `)
  }
  const [standing, now] = [$('#standing'), $('#standing', part)]
  if (standing === null || now === null || standing.dataset.state === now.dataset.state) return
  if ($('.answer', standing) !== null) return keepWriting(standing, now)
  const hadFocus = standing.contains(document.activeElement)
  standing.replaceWith(now)
  const notice = $('.notice, .problem', now)
  if (notice !== null) announce(notice.textContent)
  if (hadFocus) {
    now.tabIndex = -1
    now.focus()
  }
}

/** What somebody is writing is never taken away: what happened stands above it, and sending it tells the rest. */
function keepWriting(standing, now) {
  const notice = $('.answer', now) === null ? $('.notice', now) : null
  if (notice === null) return
  standing.dataset.state = now.dataset.state
  standing.prepend(notice)
  announce(notice.textContent)
}

function announceNew(mine, fresh) {
  const known = new Set($$('a.line', mine).map((line) => line.id))
  const critical = $$('a.line[data-severity=P1]', fresh).filter((line) => !known.has(line.id))
  for (const line of critical) line.classList.add('arrived')
  if (critical.length > 0)
    announce(
      critical.length === 1
        ? `New critical ticket: ${$('.title', critical[0]).textContent}`
        : `${critical.length} new critical tickets`,
    )
}

/** When somebody last wrote in a form. */
let wroteAt = 0
document.addEventListener('input', () => (wroteAt = Date.now()))

/** Whoever is still writing keeps the ticket: the claim is renewed before it runs out. */
async function keepClaim() {
  const [standing, form] = [$('#standing'), $('.answer')]
  const lease = standing && $('[data-lease]', standing)?.dataset.lease
  if (!form || !lease || Date.now() - wroteAt > 3 * MINUTE) return
  if (Date.parse(lease) - now() > 5 * MINUTE) return
  const { csrf, version } = form.elements
  const response = await fetch(`/review/${$('.card').dataset.review}/renew`, {
    method: 'POST',
    body: new URLSearchParams({ csrf: csrf.value, version: version.value }),
  })
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const fresh = $('#standing', page)
  // After a change of the ticket the old version must be sent, so that the change is seen before anything is decided.
  if (!response.ok || !fresh || fresh.dataset.changed !== standing.dataset.changed) return
  standing.dataset.state = fresh.dataset.state
  $('[data-lease]', standing).replaceWith($('[data-lease]', fresh))
  const seen = $('input[name=version]', fresh).value
  for (const input of $$('input[name=version]', standing)) input.value = seen
}

// ── Parts that renew themselves ─────────────────────────────────────────────────────────────────────────────────────

/** Fetches every part that names where it comes from, unless somebody is using it. */
async function renewParts() {
  if (document.hidden) return
  for (const part of $$('[data-renew]')) {
    const typed = $$('input:not([type=hidden])', part).some((field) => field.value !== '')
    if (typed || part.contains(document.activeElement) || $('details[open]', part)) continue
    const response = await fetch(part.dataset.renew).catch(() => undefined)
    if (response === undefined || !response.ok || response.redirected) return
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const fresh = $(`#${part.id}`, page)
    if (fresh === null || fresh.outerHTML === part.outerHTML) continue
    part.replaceWith(fresh)
    localise(fresh)
  }
}

// ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const help = $('#help')
const helpButton = $('#help-button')

/** The line that had the focus may be another element by the time the help closes. */
function showHelp() {
  const before = document.activeElement?.id
  help.showModal()
  help.addEventListener('close', () => before && document.getElementById(before)?.focus(), {
    once: true,
  })
}

function step(by) {
  const lines = $$('a.line')
  if (lines.length === 0) return
  const at = lines.findIndex((line) => line.hasAttribute('aria-current'))
  const next = lines[Math.max(0, Math.min(lines.length - 1, at + by))]
  if (next !== lines[at]) void visit(next.href)
}

function press(key) {
  const form = $(`form[data-key=${key}]`)
  if (form === null) return announce('That is not possible with this ticket now.')
  form.requestSubmit()
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press('a'),
  o: () => press('o'),
  d: () => press('d'),
  c: () => press('c'),
  u: () => press('u'),
  '?': showHelp,
}

document.addEventListener('keydown', (event) => {
  if (help === null || help.open || event.isComposing) return
  const answer = event.target.closest?.('.answer')
  if (answer && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    return answer.requestSubmit()
  }
  if (event.key === 'Escape' && $('.answer') !== null) {
    event.preventDefault()
    return $('[data-close]')?.click()
  }
  // Inside an open form a letter is never a command.
  if (answer || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return
  if ($('.desk') === null && event.key !== '?') return
  const act = KEYS[event.key]
  if (act === undefined) return
  event.preventDefault()
  act()
})

const isField = (element) => element.matches?.('select, textarea, input') ?? false

// ── Start ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function start() {
  localise(document)
  tick()
  listen()
}

if (help !== null && helpButton !== null) {
  helpButton.hidden = false
  helpButton.addEventListener('click', showHelp)
}
setClock($('.desk')?.dataset.now)
start()
setInterval(tick, 1_000)
setInterval(() => void keepClaim().catch(() => setLive('lost')), 20_000)
setInterval(() => void renewParts(), 3_000)
// A page that comes back from the history or from a sleeping machine is old.
window.addEventListener('pageshow', (event) => event.persisted && void renew())
document.addEventListener('visibilitychange', () => !document.hidden && void renew())
