import { InvalidArgumentError } from 'commander'
import type { Half } from '../suite/eval-case.ts'

export type RunOptions = {
  readonly suite?: readonly string[]
  readonly scorer: readonly string[]
  readonly policy: string
  readonly model: string
  readonly half?: Half
  readonly perturb?: readonly string[]
  readonly sample?: number
  readonly concurrency: number
  readonly prompt?: string
  readonly threads: number
  readonly budgetMs: number
  readonly out: string
  readonly fresh?: boolean
  readonly json?: boolean
  readonly showSealed?: boolean
  readonly quiet?: boolean
}

/** `a,b` and repeated options mean the same. */
export function collectList(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...value.split(',').filter((part) => part !== '')]
}

export function parseCount(value: string): number {
  const count = Number(value)
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('a whole number from 1 is required')
  return count
}

export function parseNumber(value: string): number {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('a number from 0 is required')
  return number
}
