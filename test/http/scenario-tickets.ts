import type { Severity, TicketType } from '../../src/domain/labels.ts'
import type { Ticket } from '../../src/domain/ticket.ts'

export type Scenario = {
  readonly id: string
  readonly ticket: Omit<Ticket, 'id'>
  /** How many other customers write the same first. */
  readonly crowd?: number
  readonly expected: {
    readonly severity: Severity
    readonly type: TicketType
    readonly team: string
    readonly disposition: 'auto' | 'review'
  }
}

/** The thirteen real-world examples of the SOP's sources, S240 to S252, as tickets. */
export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'S240 SaaS outage, enterprise',
    ticket: {
      subject: 'Whole platform down',
      body: 'The service is down for all our users since 9:40, every page returns error 503. This is a disaster for us, please fix it immediately.',
      customer: { id: 'acme', tier: 'enterprise', annualValue: 240_000, region: 'us' },
      impact: { affectedUsers: 420, downtimeMinutes: 35 },
    },
    expected: { severity: 'P1', type: 'technical', team: 'engineering', disposition: 'review' },
  },
  {
    id: 'S241 e-commerce, high order value',
    ticket: {
      subject: 'Order still not delivered',
      body: 'My order was supposed to be delivered three days ago and it has still not arrived. The tracking has not changed since Monday.',
      customer: { id: 'buyer-7', tier: 'standard' },
      order: { value: 1_850, delayHours: 72 },
    },
    expected: { severity: 'P2', type: 'fulfilment', team: 'operations', disposition: 'auto' },
  },
  {
    id: 'S243 B2B account, technical blocker',
    ticket: {
      subject: 'Integration blocks our go-live',
      body: 'The API import fails with error 500 on every file, so our go-live is blocked until your engineers fix this bug.',
      customer: { id: 'globex', tier: 'business', annualValue: 90_000 },
      attributes: { blocker: true },
    },
    expected: { severity: 'P2', type: 'technical', team: 'senior-support', disposition: 'review' },
  },
  {
    id: 'S244 growing support, breach and repeat',
    ticket: {
      subject: 'Third message about the same bug',
      body: 'The report still crashes when I open it. I have written three times and nobody has answered.',
      customer: { id: 'smallco', tier: 'standard' },
      history: { contacts: 3, breaches: 1 },
    },
    expected: { severity: 'P2', type: 'technical', team: 'senior-support', disposition: 'auto' },
  },
  {
    id: 'S245 logistics, value times delay',
    ticket: {
      subject: 'Shipment late',
      body: 'The pallets have not arrived at our warehouse. They are two days late and nobody can tell us where the truck is.',
      customer: { id: 'freight-3', tier: 'business' },
      order: { value: 15_000, delayHours: 48 },
    },
    expected: { severity: 'P1', type: 'fulfilment', team: 'operations', disposition: 'review' },
  },
  {
    id: 'S246 internal IT outage',
    ticket: {
      subject: 'Mail server down',
      body: 'E-mail is down for the whole office, nobody can send or receive anything.',
      customer: { id: 'it-internal', tier: 'internal' },
      impact: { affectedUsers: 650, downtimeMinutes: 20 },
    },
    expected: { severity: 'P1', type: 'technical', team: 'engineering', disposition: 'review' },
  },
  {
    id: 'S247 financial compliance, high risk',
    ticket: {
      subject: 'Missing disclosures',
      body: 'Our compliance department found that the required disclosures were missing from the contract you sent us.',
      customer: { id: 'bank-1', tier: 'enterprise', regulated: true },
      attributes: { complianceRisk: 82 },
    },
    expected: { severity: 'P1', type: 'compliance', team: 'compliance', disposition: 'review' },
  },
  {
    id: 'S248 enterprise customer success, target missed',
    ticket: {
      subject: 'No answer to our ticket',
      body: 'The dashboard shows wrong numbers since the last update. It is a bug that we reported two days ago, and it is still not fixed.',
      customer: { id: 'initech', tier: 'enterprise', annualValue: 310_000 },
      history: { contacts: 1, breaches: 1 },
    },
    expected: { severity: 'P2', type: 'technical', team: 'senior-support', disposition: 'auto' },
  },
  {
    id: 'S249 renewal risk, low health score',
    ticket: {
      subject: 'Our contract',
      body: 'We would like to talk about our contract before the renewal date. We are not sure that we will renew.',
      customer: {
        id: 'umbrella',
        tier: 'business',
        annualValue: 80_000,
        healthScore: 22,
        renewalAt: '2026-12-05T09:00:00Z',
      },
    },
    expected: { severity: 'P2', type: 'commercial', team: 'success', disposition: 'review' },
  },
  {
    id: 'S250 fintech complaint to a regulator',
    ticket: {
      subject: 'Formal complaint',
      body: 'I am filing a complaint with the financial ombudsman because you froze my account without a legal basis. My lawyer will contact you.',
      customer: { id: 'client-88', regulated: true },
    },
    expected: { severity: 'P1', type: 'compliance', team: 'compliance', disposition: 'review' },
  },
  {
    id: 'S251 global operations, night in one region',
    ticket: {
      subject: 'Production down',
      body: 'The production system is down for all our users in Singapore, nobody can log in and we cannot process any orders.',
      customer: { id: 'apac-5', tier: 'enterprise', region: 'apac', timezone: 'Asia/Singapore' },
      impact: { affectedUsers: 900, downtimeMinutes: 15 },
    },
    expected: { severity: 'P1', type: 'technical', team: 'engineering', disposition: 'review' },
  },
  {
    id: 'S252 retention, a high-value customer considers leaving',
    ticket: {
      subject: 'Cancel our subscription?',
      body: "I'm considering leaving. Please tell me how we can cancel our subscription at the end of the month.",
      customer: { id: 'hooli', tier: 'enterprise', annualValue: 180_000 },
    },
    expected: { severity: 'P2', type: 'commercial', team: 'success', disposition: 'review' },
  },
  // Last, because its crowd makes an outage of every outage after it.
  {
    id: 'S242 telecom, many customers at once',
    // Of a service that does not know yet what is usual: a handful would be none.
    crowd: 40,
    ticket: {
      subject: 'No internet',
      body: 'The internet is down in our street since this morning, nothing works.',
      customer: { id: 'home-10', tier: 'consumer', region: 'north' },
    },
    expected: {
      severity: 'P1',
      type: 'technical',
      team: 'network-operations',
      disposition: 'review',
    },
  },
]
