import { describe, expect, test } from 'vitest'
import { createBreaker } from '../../src/scorers/breaker.ts'

function aBreaker() {
  let now = 0
  const breaker = createBreaker(
    { failures: 3, firstOpenMs: 1_000, mostOpenMs: 5_000 },
    { elapsedMs: () => now, random: () => 0.5 },
  )
  const fail = (stayAwayMs?: number) => breaker.admit()!.failed(stayAwayMs)
  return { breaker, fail, wait: (ms: number) => (now += ms) }
}

describe('createBreaker()', () => {
  test('opens after failures in a row only', () => {
    const { breaker, fail } = aBreaker()
    fail()
    fail()
    breaker.admit()!.succeeded()
    fail()
    fail()
    expect(breaker.state()).toBe('closed')
    fail()
    expect(breaker.state()).toBe('open')
    expect(breaker.admit()).toBeUndefined()
  })

  test('lets one probe through at a time; its failure opens for twice as long', () => {
    const { breaker, fail, wait } = aBreaker()
    fail()
    fail()
    fail()
    expect(breaker.reopensInMs()).toBe(1_000)
    wait(1_000)
    expect(breaker.state()).toBe('half_open')
    const probe = breaker.admit()!
    expect(breaker.admit()).toBeUndefined()
    probe.failed()
    expect(breaker.reopensInMs()).toBe(2_000)
    wait(2_000)
    fail()
    wait(4_000)
    fail()
    expect(breaker.reopensInMs()).toBe(5_000)
    wait(5_000)
    breaker.admit()!.succeeded()
    expect(breaker.state()).toBe('closed')
    expect(breaker.consecutiveFailures()).toBe(0)
  })

  test('a probe that says nothing about the server lets the next one try', () => {
    const { breaker, fail, wait } = aBreaker()
    fail(1_000)
    wait(1_000)
    breaker.admit()!.unknown()
    expect(breaker.state()).toBe('half_open')
    breaker.admit()!.succeeded()
    expect(breaker.state()).toBe('closed')
  })

  test('stays away as long as the server asks', () => {
    const { breaker, fail } = aBreaker()
    fail(4_000)
    expect(breaker.reopensInMs()).toBe(4_000)
  })

  test('calls from before it opened cannot close it, and no call answers twice', () => {
    const { breaker, fail, wait } = aBreaker()
    const slow = breaker.admit()!
    const other = breaker.admit()!
    fail()
    fail()
    fail()
    slow.succeeded()
    expect(breaker.state()).toBe('open')
    wait(1_000)
    const probe = breaker.admit()!
    other.failed()
    other.unknown()
    expect(breaker.admit()).toBeUndefined()
    probe.succeeded()
    probe.failed(1_000)
    expect(breaker.state()).toBe('closed')
  })
})
