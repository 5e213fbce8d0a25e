import { z } from '@hono/zod-openapi'
import type { Ticket } from '../domain/ticket.ts'
import { CHANNELS } from '../domain/ticket.ts'

/** The store knows no year 0. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z')
export const instant = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= FIRST_MS, 'a real date and time is required')
const short = (max = 200) => z.string().min(1).max(max)
const count = z.number().int().min(0).max(1e9)
const amount = z.number().min(0).max(1e15)

const timezone = short(64).refine(
  isTimezone,
  'an IANA time zone is required, such as "Europe/Berlin"',
)
const language = z
  .string()
  .regex(
    /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
    'a language tag is required, such as "en" or "pt-BR"',
  )

const customer = z.strictObject({
  id: short().optional(),
  tier: short(64).optional(),
  annualValue: amount.optional(),
  region: short(64).optional(),
  timezone: timezone.optional(),
  language: language.optional(),
  renewalAt: instant.optional(),
  healthScore: z.number().min(0).max(100).optional(),
  regulated: z.boolean().optional(),
  preferredChannel: z
    .enum(CHANNELS)
    .optional()
    .openapi({ description: 'How the customer wants to be answered' }),
})

const history = z.strictObject({
  contacts: count.optional(),
  reopened: count.optional(),
  breaches: count.optional(),
  minutesToBreach: z.number().min(-1e7).max(1e7).optional(),
})

const attribute = z.union([
  z.string().max(2_000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(200)).max(100),
])

/** Longest text that is accepted, in UTF-16 units of subject and body together. */
export const MAX_BODY_LENGTH = 200_000

/** `POST /triage`. Only `id` and some text are required; `attributes` is where everything else goes. */
export const ticketSchema = z
  .strictObject({
    id: short().openapi({
      description: 'The platform’s own id; unique for this caller',
      example: 'ZD-10291',
    }),
    channel: z.enum(CHANNELS).optional(),
    subject: z.string().max(2_000).optional(),
    body: z.string().max(MAX_BODY_LENGTH).optional(),
    createdAt: instant
      .optional()
      .openapi({ description: 'When the customer wrote; the clocks start here' }),
    language: language.optional(),
    customer: customer.optional(),
    order: z.strictObject({ value: amount.optional(), delayHours: amount.optional() }).optional(),
    impact: z
      .strictObject({ affectedUsers: count.optional(), downtimeMinutes: amount.optional() })
      .optional(),
    history: history.optional(),
    thread: z
      .array(
        z.strictObject({
          from: z.enum(['customer', 'agent']),
          body: z.string().max(MAX_BODY_LENGTH),
          at: instant.optional(),
        }),
      )
      .max(200)
      .optional(),
    attributes: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'a name of letters, digits and _ is required'),
        attribute,
      )
      .refine((entries) => Object.keys(entries).length <= 100, 'at most 100 attributes are allowed')
      .optional(),
  })
  .refine((ticket) => `${ticket.subject ?? ''}${ticket.body ?? ''}`.trim() !== '', {
    path: ['body'],
    message: 'some text in subject or body is required',
  })
  .openapi('Ticket') as z.ZodType<Ticket>

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
