import type { FindingCode } from '../../src/policy/check/finding.ts'

/** A mistake as somebody makes it while editing one of the shipped policies. */
export type Fault = {
  readonly what: string
  readonly policy: string
  /** This text of the file, which stands there once, becomes that. */
  readonly edit: readonly [from: string, to: string]
  /** Part of the line that must be named. */
  readonly line: string
  readonly says: RegExp
}
export type FoundFault = Fault & { readonly code: FindingCode }

/** What keeps a policy from being read at all. */
export const UNREADABLE: readonly Fault[] = [
  {
    what: 'a fact that does not exist',
    policy: 'ecommerce',
    edit: [
      '{ order.value: { gte: 1000 }, order.delayHours',
      '{ order.valeu: { gte: 1000 }, order.delayHours',
    ],
    line: 'order.valeu',
    says: /Cannot use fact "order.valeu": unknown fact.*order\.value/,
  },
  {
    what: 'an attribute that is not declared',
    policy: 'logistics',
    edit: [
      'when: { attributes.shipments: { gte: 5 } }',
      'when: { attributes.shipment: { gte: 5 } }',
    ],
    line: 'attributes.shipment:',
    says: /Cannot use fact "attributes.shipment": unknown fact.*attributes\.shipments/,
  },
  {
    what: 'a value that the fact never has',
    policy: 'ecommerce',
    edit: ['{ ticket.channel: social,', '{ ticket.channel: twitter,'],
    line: 'ticket.channel: twitter',
    says: /Cannot match ticket.channel: .*email, web, chat/,
  },
  {
    what: 'a number beyond the range of the fact',
    policy: 'b2b-accounts',
    edit: [
      '{ customer.healthScore: { lt: 50 }, customer.renewal: { within: 30 days } }',
      '{ customer.healthScore: { gt: 100 }, customer.renewal: { within: 30 days } }',
    ],
    line: 'healthScore: { gt: 100 }',
    says: /Cannot match customer.healthScore: .*100/,
  },
  {
    what: 'a range that excludes itself',
    policy: 'internal-it',
    edit: [
      'when: { impact.affectedUsers: { gte: 20 } }',
      'when: { impact.affectedUsers: { gte: 20, lt: 10 } }',
    ],
    line: 'gte: 20, lt: 10',
    says: /Cannot match impact.affectedUsers/,
  },
  {
    what: 'a phrase id that is not listed',
    policy: 'telecom',
    edit: ['when: { phrases.ids: [sim-swap] }', 'when: { phrases.ids: [simswap] }'],
    line: 'phrases.ids: [simswap]',
    says: /Cannot match phrases.ids: .*sim-swap/,
  },
  {
    what: 'a floor trigger over a model’s opinion',
    policy: 'finance',
    edit: [
      '    when: { model.priority: critical }\n    raise: P1\n',
      '    when: { model.priority: critical }\n    raise: P1\n    floor: true\n',
    ],
    line: 'floor: true',
    says: /Cannot use floor trigger: .*got model\.priority/,
  },
  {
    what: 'a trigger that reads what the triggers decide',
    policy: 'smb',
    edit: ['when: { attributes.neededBy: { within: 48h } }', 'when: { severity: P2 }'],
    line: 'severity: P2',
    says: /Cannot use fact "severity": the triggers decide it/,
  },
  {
    what: 'a route to a team that does not exist',
    policy: 'telecom',
    edit: ['    team: complaints\n', '    team: complains\n'],
    line: 'team: complains',
    says: /Cannot use team "complains".*complaints/,
  },
  {
    what: 'a team to be told that does not exist',
    policy: 'logistics',
    edit: [
      '    notify: [accounts]\n    because: "A shipper worth {customer.annualValue} a year is unhappy"',
      '    notify: [acounts]\n    because: "A shipper worth {customer.annualValue} a year is unhappy"',
    ],
    line: 'notify: [acounts]',
    says: /Cannot use team "acounts".*accounts/,
  },
  {
    what: 'an owner who does not exist',
    policy: 'ecommerce',
    edit: ['owners: [marit, youssef]', 'owners: [marit, yousef]'],
    line: 'owners: [marit, yousef]',
    says: /Cannot use person "yousef".*youssef/,
  },
  {
    what: 'hours on a calendar that does not exist',
    policy: 'finance',
    edit: ['role: Care specialist, hours: office }', 'role: Care specialist, hours: ofice }'],
    line: 'hours: ofice',
    says: /Cannot use calendar "ofice".*office/,
  },
  {
    what: 'an owner who is the own backup',
    policy: 'smb',
    edit: [
      '    owners: [moira, fatou]\n    backups: [fatou, moira]',
      '    owners: [moira]\n    backups: [moira]',
    ],
    line: 'backups: [moira]',
    says: /a backup other than the owner required, got "moira" for both/,
  },
  {
    what: 'a last resort that backs itself up',
    policy: 'internal-it',
    edit: ['{ owner: wanda, backup: henryk }', '{ owner: wanda, backup: wanda }'],
    line: 'backup: wanda',
    says: /Cannot use last_resort: a backup other than the owner required/,
  },
  {
    what: 'a team without an owner',
    policy: 'logistics',
    edit: ['owners: [thomas, aisha]', 'owners: []'],
    line: 'owners: []',
    says: /at least one owner required/,
  },
  {
    what: 'a team without a backup',
    policy: 'telecom',
    edit: [
      '    owners: [beatriz, alvaro]\n    backups: [elena, gonzalo]',
      '    owners: [beatriz, alvaro]',
    ],
    line: 'name: Complaints office',
    says: /teams\.complaints\.backups: a list required, got nothing/,
  },
  {
    what: 'a severity without a first response',
    policy: 'b2b-accounts',
    edit: [
      '    first_response: 1h\n    update: 2h\n    resolution: 8h\n',
      '    update: 2h\n    resolution: 8h\n',
    ],
    line: 'meaning: High.',
    says: /severities\.P2\.first_response/,
  },
  {
    what: 'a severity without an update cadence',
    policy: 'smb',
    edit: [
      '    first_response: 1 business day\n    update: 1 business day\n',
      '    first_response: 1 business day\n',
    ],
    line: 'meaning: Low.',
    says: /severities\.P4\.update/,
  },
  {
    what: 'no acknowledgement for the customer',
    policy: 'logistics',
    edit: ['  acknowledgement: |\n    Good day', '  greeting: |\n    Good day'],
    line: 'greeting: |',
    says: /messages\.acknowledgement|"greeting": unknown/,
  },
  {
    what: 'a slot that no message can fill',
    policy: 'finance',
    edit: ['{owner}, {role}, answers for it.', '{owner}, {rank}, answers for it.'],
    line: 'acknowledgement: |',
    says: /Cannot fill \{rank\}/,
  },
  {
    what: 'a first response after the resolution',
    policy: 'ecommerce',
    edit: ['    first_response: 15m\n', '    first_response: 5h\n'],
    line: 'first_response: 5h',
    says: /Cannot meet P1: a first response within the resolution \(4h\) required, got 5h/,
  },
  {
    what: 'a review as long as the first response',
    policy: 'telecom',
    edit: ['    review: 5m\n', '    review: 15m\n'],
    line: 'review: 15m',
    says: /Cannot hold P1 for review: less than its first response \(15m\) required, got 15m/,
  },
  {
    what: 'a backup reviewer who is called when the review is over',
    policy: 'internal-it',
    edit: ['    review_backup_after: 3m\n', '    review_backup_after: 5m\n'],
    line: 'review_backup_after: 5m',
    says: /Cannot call the backup reviewer of P1: less than the review \(5m\) required/,
  },
  {
    what: 'a time zone that does not exist',
    policy: 'logistics',
    edit: [
      'tower-houston: { timezone: America/Chicago,',
      'tower-houston: { timezone: America/Chikago,',
    ],
    line: 'America/Chikago',
    says: /calendars\.tower-houston\.timezone: a name of the IANA time zones/,
  },
  {
    what: 'a rotation in a zone that does not exist',
    policy: 'smb',
    edit: [
      'handover: "08:30", timezone: Europe/London',
      'handover: "08:30", timezone: Europe/Londn',
    ],
    line: 'Europe/Londn',
    says: /Cannot use the rotation of "technicians"/,
  },
  {
    what: 'a calendar without working time',
    policy: 'telecom',
    edit: ['hours: { mon-fri: "08:00-22:00", sat-sun: "09:00-21:00" }', 'hours: {}'],
    line: 'timezone: Europe/Madrid',
    says: /at least one window of work required/,
  },
  {
    what: 'a window past midnight',
    policy: 'telecom',
    edit: ['["00:00-06:00", "22:00-24:00"]', '"22:00-06:00"'],
    line: '"22:00-06:00"',
    says: /not past midnight: write two/,
  },
  {
    what: 'a holiday that is no day',
    policy: 'smb',
    edit: ['2026-12-28, 2027-01-01, 2027-03-26', '2026-12-28, 2027-02-30, 2027-03-26'],
    line: '2027-02-30',
    says: /a date such as 2026-12-25 required, got "2027-02-30"/,
  },
  {
    what: 'two rules of one name',
    policy: 'ecommerce',
    edit: ['  - id: small-money\n', '  - id: money\n'],
    line: 'id: money',
    says: /Cannot use id "money": a name of its own required/,
  },
  {
    what: 'a phrase pattern that is not closed',
    policy: 'logistics',
    edit: ['(shelves|warehouse) (are|is) empty', '(shelves|warehouse (are|is) empty'],
    line: '(shelves|warehouse (are',
    says: /Cannot use pattern of phrase "receiver-stands": "\(" is not closed/,
  },
  {
    what: 'a phrase pattern that could match nothing',
    policy: 'telecom',
    edit: [
      '(elderly|disabled|pregnant|bedridden|housebound)',
      '[elderly|disabled|pregnant|bedridden|housebound]',
    ],
    line: '[elderly|disabled',
    says: /Pattern could match nothing/,
  },
  {
    what: 'a skill that nobody has',
    policy: 'b2b-accounts',
    edit: ['needs: { skills: [law] }', 'needs: { skills: [laws] }'],
    line: 'skills: [laws]',
    says: /Cannot need skill "laws"/,
  },
  {
    what: 'an authority over something that is no number',
    policy: 'finance',
    edit: [
      '    team: payments\n    needs: { authority: { compensation: attributes.requestedCompensation } }',
      '    team: payments\n    needs: { authority: { compensation: attributes.clientClass } }',
    ],
    line: 'compensation: attributes.clientClass',
    says: /Cannot need authority over attributes.clientClass: a number required/,
  },
  {
    what: 'an on-call team without a rotation',
    policy: 'finance',
    edit: [
      '    on_call: { people: [conor, deirdre], from: 2026-01-05, timezone: Europe/Dublin, days: 7 }\n',
      '',
    ],
    line: 'name: Payment systems on call',
    says: /"strategy: on-call" and on_call required together/,
  },
  {
    what: 'a case that sets a fact to what it cannot be',
    policy: 'smb',
    edit: ['facts: { intent: how_to, sentiment: 0', 'facts: { intent: howto, sentiment: 0'],
    line: 'intent: howto',
    says: /Cannot use fact intent: .*how_to/,
  },
]

/** What a policy that can be read should not have. */
export const FOUND: readonly FoundFault[] = [
  {
    what: 'two routes that match the same ticket',
    policy: 'ecommerce',
    edit: [
      'when: { type: billing, severity: [P3, P4] }',
      'when: { type: billing, severity: [P2, P3, P4] }',
    ],
    line: 'id: small-money',
    code: 'route-overlap',
    says: /Routes "money" and "small-money" match the same ticket/,
  },
  {
    what: 'two routes of a segment that match the same ticket',
    policy: 'b2b-accounts',
    edit: [
      '        because: Small accounts are looked after by inside sales\n',
      '        because: Small accounts are looked after by inside sales\n      - { id: small-urgent, when: { severity: [P1, P2] }, team: technical-accounts, because: Urgent }\n',
    ],
    line: 'id: small-urgent',
    code: 'route-overlap',
    says: /Routes "small-commercial" and "small-urgent" match the same ticket/,
  },
  {
    what: 'a ticket that no route takes',
    policy: 'internal-it',
    edit: [
      'when: { type: [technical, account, general, product, service, fulfilment], severity: [P3, P4] }',
      'when: { type: [technical, account, general, product, fulfilment], severity: [P3, P4] }',
    ],
    line: '- id: infrastructure',
    code: 'route-gap',
    says: /matches no route/,
  },
  {
    what: 'a trigger that contradicts itself',
    policy: 'logistics',
    edit: [
      'when: { attributes.penaltyPerDay: { gte: 1000 } }',
      'when: { attributes.penaltyPerDay: { gte: 1000 }, not: { attributes.penaltyPerDay: { gt: 500 } } }',
    ],
    line: 'penaltyPerDay: { gt: 500 }',
    code: 'rule-unreachable',
    says: /No ticket can make "fines-run" true/,
  },
  {
    what: 'a product that its factors cannot give',
    policy: 'logistics',
    edit: [
      'when: { order.exposure: { gte: 2000000 } }',
      'when: { order.exposure: { gte: 2000000 }, order.delayHours: { missing: true } }',
    ],
    line: 'order.delayHours: { missing: true }',
    code: 'rule-unreachable',
    says: /No ticket can make "exposure-large" true/,
  },
  {
    what: 'a branch that can never hold',
    policy: 'ecommerce',
    edit: [
      'any: [{ history.reopened: { gte: 2 } }, { history.breaches: { gte: 1 }, history.contacts: { gte: 2 } }]',
      'any: [{ history.reopened: { gte: 2 } }, { history.breaches: { gte: 1 }, not: { history.breaches: { missing: false } } }]',
    ],
    line: 'not: { history.breaches',
    code: 'branch-unreachable',
    says: /A branch of "failed-twice" can never be true/,
  },
  {
    what: 'a segment that nobody belongs to',
    policy: 'b2b-accounts',
    edit: [
      'when: { customer.tier: small, not: { customer.annualValue: { gte: 20000 } } }',
      'when: { customer.tier: small, not: { customer.tier: { missing: false } } }',
    ],
    line: 'not: { customer.tier',
    code: 'rule-unreachable',
    says: /No ticket belongs to segment "small-account"/,
  },
  {
    what: 'a trigger in the shadow of another',
    policy: 'ecommerce',
    edit: [
      'when: { phrases: churn, customer.annualValue: { gte: 2000 } }\n    raise: P2',
      'when: { phrases: churn, customer.annualValue: { gte: 2000 } }\n    raise: P3',
    ],
    line: '- id: regular-leaving',
    code: 'rule-shadowed',
    says: /Trigger "regular-leaving" changes nothing/,
  },
  {
    what: 'the same rule twice',
    policy: 'internal-it',
    edit: [
      '  - id: angry-again\n',
      '  - { id: angry-too, category: emotion, when: { any: [{ phrases: [outrage, disappointment, repeat_contact] }, { sentiment: { lte: -2 } }] }, raise: P3, because: Angry }\n\n  - id: angry-again\n',
    ],
    line: 'id: angry-too',
    code: 'rule-repeated',
    says: /Triggers "angry" and "angry-too" ask the same/,
  },
  {
    what: 'a sentence with a hole',
    policy: 'logistics',
    edit: [
      'because: "Customs holds the load and the closing time is in {attributes.cutOff} hours"',
      'because: "Customs holds the load of {order.value}"',
    ],
    line: 'of {order.value}"',
    code: 'slot-unfilled',
    says: /names \{order.value\}, which may be missing/,
  },
  {
    what: 'a critical ticket that is slower than a high one',
    policy: 'smb',
    edit: [
      '    update: 4h\n    resolution: 8h\n    review: 2h',
      '    update: 30m\n    resolution: 8h\n    review: 2h',
    ],
    line: 'update: 1h',
    code: 'target-order',
    says: /The update of P1 may be due after that of P2/,
  },
  {
    what: 'an update that comes after the solution',
    policy: 'internal-it',
    edit: ['    update: 2h\n    resolution: 8h', '    update: 9h\n    resolution: 8h'],
    line: 'update: 9h',
    code: 'target-sequence',
    says: /The update of P2 may be due after its resolution/,
  },
  {
    what: 'a chain of holidays that no target survives',
    policy: 'smb',
    edit: ['    resolution: 2 business days\n', '    resolution: 60 business days\n'],
    line: 'resolution: 60 business days',
    code: 'target-unmet',
    says: /is not due within eight weeks on the calendar "shop"/,
  },
  {
    what: 'a critical clock that sleeps at night',
    policy: 'smb',
    edit: [
      '    calendar: always\n    first_response: 30m',
      '    calendar: shop\n    first_response: 30m',
    ],
    line: 'first_response: 30m',
    code: 'target-asleep',
    says: /The first response to a P1 waits for the calendar "shop"/,
  },
  {
    what: 'a review that waits for the morning while the first response does not',
    policy: 'logistics',
    edit: ['    review: 20m\n', '    review: { time: 20m, calendar: rotterdam }\n'],
    line: 'review: { time: 20m, calendar: rotterdam }',
    code: 'review-too-slow',
    says: /The review of a P2 may take as long as its first response/,
  },
  {
    what: 'a segment whose review waits while its first response does not',
    policy: 'logistics',
    edit: ['resolution: 24h, review: 1h }', 'resolution: 24h }'],
    line: 'when: { attributes.cargo: [chilled, live] }',
    code: 'review-too-slow',
    says: /In segment "chilled-or-live": The review of a P3/,
  },
  {
    what: 'a backup reviewer who is told in the morning',
    policy: 'internal-it',
    edit: [
      '    review_backup_after: 10m\n',
      '    review_backup_after: { time: 10m, calendar: office }\n',
    ],
    line: 'review_backup_after: { time: 10m, calendar: office }',
    code: 'review-backup-late',
    says: /The backup reviewer of a P2 may be told when the review is over/,
  },
  {
    what: 'nights that nobody covers',
    policy: 'ecommerce',
    edit: [
      '  ravi: { name: Ravi Menon, role: Shop engineer on call }\n  lotte: { name: Lotte Jansen, role: Second shop engineer on call }',
      '  ravi: { name: Ravi Menon, role: Shop engineer, hours: office }\n  lotte: { name: Lotte Jansen, role: Second shop engineer, hours: office }',
    ],
    line: 'name: Shop engineers on call',
    code: 'team-uncovered',
    says: /Shop engineers on call has nobody for a P1/,
  },
  {
    what: 'nights that hang on one person',
    policy: 'ecommerce',
    edit: [
      '  ravi: { name: Ravi Menon, role: Shop engineer on call }',
      '  ravi: { name: Ravi Menon, role: Shop engineer, hours: office }',
    ],
    line: 'name: Shop engineers on call',
    code: 'team-single',
    says: /Shop engineers on call hangs on one person for a P1/,
  },
  {
    what: 'a holiday of two people at the same time',
    policy: 'ecommerce',
    edit: [
      '  ravi: { name: Ravi Menon, role: Shop engineer on call }\n  lotte: { name: Lotte Jansen, role: Second shop engineer on call }',
      '  ravi: { name: Ravi Menon, role: Shop engineer on call, leave: [{ from: 2026-12-24, until: 2027-01-03 }] }\n  lotte: { name: Lotte Jansen, role: Second shop engineer on call, leave: [{ from: 2026-12-24, until: 2027-01-03 }] }',
    ],
    line: 'name: Shop engineers on call',
    code: 'team-uncovered',
    says: /Shop engineers on call has nobody for a P1 in 264 hours/,
  },
  {
    what: 'a team that nothing leads to',
    policy: 'internal-it',
    edit: [
      '  service-desk-leads:\n',
      '  forgotten: { name: Forgotten, tier: 2, owners: [marek], backups: [kinga] }\n  service-desk-leads:\n',
    ],
    line: 'name: Forgotten',
    code: 'team-unused',
    says: /No route, trigger or review leads to the team "forgotten"/,
  },
  {
    what: 'a person in no team',
    policy: 'logistics',
    edit: ['  cornelis: {', '  casper: { name: Casper Prins, role: Desk agent }\n  cornelis: {'],
    line: 'casper: {',
    code: 'person-unused',
    says: /"casper" is in no team/,
  },
  {
    what: 'a phrase that no rule asks for',
    policy: 'internal-it',
    edit: [
      '  - id: works-council\n    kind: legal_threat',
      '  - id: works-council\n    kind: churn',
    ],
    line: '- id: works-council',
    code: 'phrase-unused',
    says: /No rule asks for the phrase "works-council"/,
  },
  {
    what: 'a calendar that nothing runs on',
    policy: 'smb',
    edit: [
      'calendars:\n',
      'calendars:\n  night: { timezone: Europe/London, hours: { mon-sun: "00:00-06:00" } }\n',
    ],
    line: 'night: {',
    code: 'calendar-unused',
    says: /Nobody works by the calendar "night"/,
  },
  {
    what: 'more rules than the policy allows itself',
    policy: 'smb',
    edit: ['limits: { triggers: 20,', 'limits: { triggers: 12,'],
    line: '- id: cannot-sell',
    code: 'limits-exceeded',
    says: /triggers; the policy allows itself 12/,
  },
  {
    what: 'a rule that nobody can read any more',
    policy: 'smb',
    edit: ['comparisons: 8', 'comparisons: 2'],
    line: '- id: matters',
    code: 'limits-exceeded',
    says: /comparisons in "matters"; the policy allows itself 2/,
  },
]
