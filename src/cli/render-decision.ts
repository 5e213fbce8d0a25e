import type { Answer } from '../domain/answer.ts'
import type { Clock } from '../domain/decision.ts'
import type { Severity } from '../domain/labels.ts'
import { showDuration } from '../domain/show-duration.ts'
import type { Signals } from '../domain/signal.ts'
import { isUnscored } from '../domain/signal.ts'
import { highlight } from './highlight.ts'
import type { Paint, Style } from './paint.ts'
import { wrapText } from '../domain/wrap-text.ts'

export type RenderOptions = { readonly paint: Paint; readonly width: number; readonly now: Date }

const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = {
  P1: 'danger',
  P2: 'warning',
  P3: 'notice',
  P4: 'calm',
}

/** A decision as a person reads it in a terminal: the customer's words first, then what was decided, when and why. */
export function renderDecision(answer: Answer, text: string, options: RenderOptions): string {
  const { paint, width } = options
  const held = answer.disposition === 'review'
  const badge = paint(
    SEVERITY_STYLE[answer.severity],
    ` ${answer.severity} ${answer.priority.toUpperCase()} `,
  )
  const state = held ? paint('danger', ' HELD FOR A PERSON ') : paint('calm', ' AUTOMATIC ')
  return [
    '',
    indent(highlight(text, evidenceOf(answer), { paint, width: width - 2 })),
    '',
    `${badge} ${answer.type}  ${state}`,
    '',
    ...routeLines(answer, paint),
    '',
    paint('heading', 'Clocks'),
    ...answer.clocks.map((clock) => clockLine(clock, options)),
    '',
    paint('heading', 'Why'),
    ...answer.reasons.flatMap((reason) => reasonLines(reason, options)),
    ...(answer.review === undefined ? [] : reviewLines(answer.review, options)),
    '',
    paint('heading', 'Scores'),
    ...signalLines(answer.signals, paint),
    ...(answer.degraded.length === 0
      ? []
      : ['', paint('warning', `Degraded: ${answer.degraded.join('; ')}`)]),
    '',
    paint(
      'faint',
      `decision ${answer.decisionId} · policy ${answer.policy.id} ${answer.policy.version} · ${timings(answer)}`,
    ),
    '',
  ].join('\n')
}

type Reason = Answer['reasons'][number]

function evidenceOf(answer: Answer) {
  return answer.signals.triggers.map(({ start, end, kind, source }) => ({
    start,
    end,
    label: source === 'phrase' ? kind : `${kind}?`,
  }))
}

function routeLines(answer: Answer, paint: Paint): string[] {
  const { route } = answer
  return [
    `${paint('label', 'Owner ')} ${paint('strong', route.owner.name)}  ${paint('faint', `backup ${route.backup.name}`)}`,
    `${paint('label', 'Team  ')} ${route.team}  ${paint('faint', `tier ${route.tier}, route ${route.id}`)}`,
  ]
}

const CLOCK_NAMES: Readonly<Record<Clock['kind'], string>> = {
  first_response: 'first response',
  update: 'update',
  resolution: 'resolution',
  review: 'review',
}

function clockLine(clock: Clock, { paint, now }: RenderOptions): string {
  const due = clock.dueAt.slice(0, 16).replace('T', ' ')
  const left = fromNow(Date.parse(clock.dueAt) - now.getTime())
  return `  ${CLOCK_NAMES[clock.kind].padEnd(15)}${due} UTC  ${left.padEnd(12)} ${paint('faint', clock.target)}`
}

/** "in 4 h 05 min", or how long ago. */
function fromNow(ms: number): string {
  return ms < 0 ? `${showDuration(-ms)} ago` : `in ${showDuration(ms)}`
}

function reasonLines(reason: Reason, { paint, width }: RenderOptions): string[] {
  const mark = reason.raise === undefined ? '·' : paint(SEVERITY_STYLE[reason.raise], reason.raise)
  const pad = reason.raise === undefined ? '   ' : '  '
  const lines = wrapText(reason.sentence, width - 8)
  const rule = paint('faint', `(${reason.rule}${reason.floor === true ? ', floor' : ''})`)
  return lines
    .map((line, at) => (at === 0 ? `  ${mark}${pad}${line}` : `      ${line}`))
    .map((line, at) => (at === lines.length - 1 ? `${line} ${rule}` : line))
}

function reviewLines(
  review: NonNullable<Answer['review']>,
  { paint, width }: RenderOptions,
): string[] {
  return [
    '',
    paint('heading', 'A person decides'),
    ...review.because.flatMap((why) => wrapText(why, width - 4).map((line) => `  ${line}`)),
    `  ${paint('faint', `review ${review.id}, due ${review.dueAt.slice(0, 16).replace('T', ' ')} UTC`)}`,
  ]
}

function signalLines(signals: Signals, paint: Paint): string[] {
  const { intent, sentiment, emotions, urgency, priority, language } = signals
  const percent = (confidence: number) => `${Math.round(confidence * 100)} %`
  const row = (name: string, value: string, confidence?: { confidence: number; band?: string }) =>
    `  ${name.padEnd(11)}${value}${confidence === undefined ? '' : paint('faint', `  ${percent(confidence.confidence)}${confidence.band === undefined ? '' : ` ${confidence.band}`}`)}`
  const none = (name: string, signal: { unscored: string }) =>
    row(name, paint('faint', `unscored: ${signal.unscored}`))
  return [
    isUnscored(intent) ? none('intent', intent) : row('intent', intent.label, intent),
    isUnscored(sentiment)
      ? none('sentiment', sentiment)
      : row('sentiment', `${sentiment.value} ${sentiment.label}`, sentiment),
    isUnscored(emotions)
      ? none('emotions', emotions)
      : row(
          'emotions',
          emotions.map(({ label, confidence }) => `${label} ${percent(confidence)}`).join(', ') ||
            'none',
        ),
    isUnscored(urgency)
      ? none('urgency', urgency)
      : row('urgency', `${urgency.value} of 3`, urgency),
    isUnscored(priority) ? none('priority', priority) : row('priority', priority.label, priority),
    isUnscored(language) ? none('language', language) : row('language', language.code, language),
    ...signals.spikes.map((spike) =>
      row(
        'spike',
        `${spike.key}: ${spike.customers} customers in ${spike.windowMinutes} min, ${spike.ratio.toFixed(1)} × usual`,
      ),
    ),
  ]
}

const timings = (answer: Answer) =>
  answer.scorers.map(({ name, ms }) => `${name} ${ms.toFixed(1)} ms`).join(', ')

const indent = (block: string) =>
  block
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
