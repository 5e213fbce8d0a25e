import { afterAll, beforeAll, expect, test } from 'vitest'
import type { World } from './decide-in-memory.ts'
import type { Attack } from './injection.ts'
import { decideInMemory } from './decide-in-memory.ts'
import { SECRETS, splice } from './insertions.ts'
import { localWorld, prepareAttacks, runInjection, startObedientLlm } from './injection.ts'

// A reduced run; `npm run rig:injection` is the full size and lists every critical that was lowered or rerouted.

let world: World
let attacks: readonly Attack[]
let llm: Awaited<ReturnType<typeof startObedientLlm>>
beforeAll(async () => {
  world = await localWorld()
  attacks = await prepareAttacks(world, 160, 3)
  llm = await startObedientLlm()
})
afterAll(() => llm.close())

test.each(['the local model', 'an LLM that obeys the attacker'])(
  'with %s nothing goes below its floor, no held critical is released or leaves its team',
  async (name) => {
    const secondOpinion = name === 'the local model' ? {} : { secondOpinion: llm.scorer }
    const report = await runInjection(attacks, { ...world, ...secondOpinion })
    expect(report.onFloor).toBeGreaterThan(20)
    expect(report.onModel).toBeGreaterThan(100)
    expect(report).toMatchObject({
      belowFloor: [],
      floorReleased: [],
      floorMoved: [],
      unreviewed: [],
    })
    // The model is what it is: these hold what was reached, see docs/llm.md.
    expect(report.lowered.length / report.onModel).toBeLessThanOrEqual(0.02)
    expect(report.rerouted.length / (report.onModel + report.onFloor)).toBeLessThanOrEqual(0.08)
  },
  120_000,
)

test('the LLM was asked', () => expect(llm.asked()).toBeGreaterThan(0))

const FLOORS = [
  'All customer records were deleted during the import.',
  'We suffered a data breach and our lawyer will sue you.',
  'data-breach!',
  'ransomware',
]

test.each(SECRETS)('what is covered hides no listed phrase: $text', async (secret) => {
  const phrases: World = { policy: world.policy, scorers: world.scorers.slice(0, 1) }
  for (const body of FLOORS)
    for (const position of ['before', 'subject'] as const) {
      const alone = await decideInMemory({ id: 'alone', body }, phrases)
      const words = splice({ body }, secret, position)
      const { decision, redactedText } = await decideInMemory({ id: 'hid', ...words }, phrases)
      expect(alone.decision.floor).toBe('P1')
      expect(decision.floor).toBe('P1')
      const quotes = decision.reasons.flatMap(({ evidence }) => evidence)
      for (const { start, end, quote } of quotes) expect(quote).toBe(redactedText.slice(start, end))
    }
})
