import type { Severity } from './labels.ts'
import type { Signals } from './signal.ts'
import { isUnscored } from './signal.ts'
import type { Facts } from './facts.ts'

/*
 * The order of the queue: consequence × doubt × time left. Time counts as 2^(-minutes left / HALF_LIFE), so every
 * HALF_LIFE minutes that pass double a review's place, overdue ones go on growing, and the order of two reviews never
 * depends on when it is asked: score(a) > score(b) exactly when rankAt(a) < rankAt(b). So the store keeps one instant.
 */

/** Minutes in which time left weighs twice as much. */
const HALF_LIFE_MINUTES = 15
const MINUTE_MS = 60_000

/** A P1 goes before a P3 that has been overdue for up to an hour longer. */
const WEIGHTS: Readonly<Record<Severity, number>> = { P1: 64, P2: 16, P3: 4, P4: 1 }

/** Value and reach at which a ticket counts twice; ten times as much counts about three times. */
const USUAL_ANNUAL_VALUE = 10_000
const USUAL_USERS = 10

/** What hangs on a review, and the same as a sentence. */
export type ReviewWeight = {
  /** From 1. */
  readonly consequence: number
  /** 1 (sure) to 2 (no idea). */
  readonly doubt: number
  readonly because: string
}

/** What a wrong or late decision about this ticket costs, and how likely it is wrong. */
export function weighReview(
  severity: Severity,
  facts: Facts,
  { intent, priority }: Pick<Signals, 'intent' | 'priority'>,
): ReviewWeight {
  const value = numberOf(facts, 'customer.annualValue')
  const users = numberOf(facts, 'impact.affectedUsers')
  const consequence =
    WEIGHTS[severity] * growth(value, USUAL_ANNUAL_VALUE) * growth(users, USUAL_USERS)
  const sure = Math.min(confidenceOf(intent), confidenceOf(priority))
  const because = [
    severity,
    ...(value > 0 ? [`customer worth ${grouped(value)} a year`] : []),
    ...(users > 0 ? [`${grouped(users)} users`] : []),
    sure === 0 ? 'not all could be scored' : `${Math.round(sure * 100)} % sure`,
  ].join(', ')
  return { consequence: rounded(consequence), doubt: rounded(2 - sure), because }
}

type Weighed = Pick<ReviewWeight, 'consequence' | 'doubt'>

/** The due time, moved ahead by what hangs on it: the queue is sorted by this. */
export function rankAt({ consequence, doubt }: Weighed, dueAt: string): string {
  const aheadMs = HALF_LIFE_MINUTES * MINUTE_MS * Math.log2(consequence * doubt)
  return new Date(Math.round(Date.parse(dueAt) - aheadMs)).toISOString()
}

/** A review's place in the queue, with the numbers behind it. */
export type ReviewOrder = Weighed & {
  /** Negative once it is overdue. */
  readonly minutesLeft: number
  readonly score: number
  readonly sentence: string
}

export function orderOf(
  weight: Weighed & { readonly orderBecause: string; readonly dueAt: string },
  now: Date,
): ReviewOrder {
  const { consequence, doubt } = weight
  const minutesLeft = (Date.parse(weight.dueAt) - now.getTime()) / MINUTE_MS
  // Beyond this a number says nothing more, and would not be one.
  const exponent = Math.max(-500, Math.min(500, -minutesLeft / HALF_LIFE_MINUTES))
  const score = consequence * doubt * 2 ** exponent
  const sentence = `Consequence ${consequence} × doubt ${doubt} (${weight.orderBecause}), ${timeLeft(minutesLeft)}`
  return { consequence, doubt, minutesLeft: rounded(minutesLeft), score, sentence }
}

function timeLeft(minutes: number): string {
  const whole = Math.abs(Math.trunc(minutes))
  const shown = whole >= 120 ? `${Math.trunc(whole / 60)} h` : `${whole} min`
  return minutes < 0 ? `overdue by ${shown}` : `${shown} left`
}

function growth(amount: number, usual: number): number {
  return 1 + Math.log10(1 + (9 * amount) / usual)
}

function confidenceOf(signal: Signals['intent'] | Signals['priority']): number {
  return isUnscored(signal) ? 0 : signal.confidence
}

function numberOf({ values }: Facts, name: string): number {
  const value = values[name]
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}

function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

const rounded = (value: number) => Math.round(value * 100) / 100
