import { expect, test } from 'vitest'
import type { Incident } from '../../src/domain/incident.ts'
import type { TriageRecord } from '../../src/domain/receipt.ts'
import { EMPTY_ROSTER } from '../../src/domain/roster.ts'
import { fingerprint } from '../../src/fingerprint.ts'
import { raiseMember } from '../../src/raise-member.ts'
import { decideInMemory } from '../rigs/decide-in-memory.ts'
import { localWorld } from '../rigs/injection.ts'

const NUMBERS = { customers: 8, peakCustomers: 8, expected: 1, ratio: 8, peakRatio: 8 }

test.each([
  ['term:csv export', 'North ', 'north'],
  ['intent:outage@south', 'north', 'south'],
  ['term:csv export', null, undefined],
])(
  'a ticket that an incident (%s) raises later knows the region (%s) as others do',
  async (key, region, known) => {
    const world = await localWorld()
    const ticket = { id: 'early', body: 'How can I export my contacts to a CSV file? Thank you.' }
    const receipt = await decideInMemory(ticket, world)
    expect(receipt.decision.severity).toBe('P4')
    const records: TriageRecord[] = []
    const contentHash = fingerprint(ticket)
    const standing = {
      ticket,
      receipt,
      held: false,
      contentHash,
      salt: 's',
      topics: [],
      textHash: '',
    }
    const { decisionId } = receipt
    const incident = { id: 'storm', key, keys: [key], ...NUMBERS } as unknown as Incident
    await raiseMember(
      { id: 1, caller: 'rig', customer: '1', region, decisionId, earlier: true, standing },
      incident,
      { now: new Date(receipt.now), windowMinutes: 30 },
      {
        policy: world.policy,
        roster: async () => EMPTY_ROSTER,
        newId: () => 'revision',
        link: async () => {},
        record: async (record) => {
          records.push(record)
          return { kind: 'recorded', answer: record.answer }
        },
      },
    )
    const [raised] = records
    expect(raised!.receipt.decision.severity).toBe('P2')
    expect(raised!.receipt.facts.values['spike.region']).toBe(known)
    expect(raised!.receipt.signals.spikes[0]!.region).toBe(known)
  },
)
