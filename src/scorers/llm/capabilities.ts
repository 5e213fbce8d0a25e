/** How an answer's form is asked for, best first. `text` relies on the prompt and the strict re-parse alone. */
const FORMATS = ['json_schema', 'json_object', 'text'] as const
export type AnswerFormat = (typeof FORMATS)[number]

/** What one server with one model understands. */
export type Capabilities = {
  readonly format: AnswerFormat
  readonly temperature: boolean
  readonly seed: boolean
  readonly logprobs: boolean
  /** The name of the output limit: servers for older models know only the first, reasoning models only the second. */
  readonly limit: 'max_tokens' | 'max_completion_tokens'
}

/** What is known so far. `proven`: a call in this form was answered, so an unexplained refusal is about the ticket. */
export type Known = { readonly capabilities: Capabilities; readonly proven: boolean }

export type CapabilityMemory = {
  readonly get: (server: string) => Known
  readonly prove: (server: string, capabilities: Capabilities) => void
  /** Notes that `from` does not work; the step of a slower call that learned the same is not taken twice. */
  readonly replace: (server: string, from: Capabilities, to: Capabilities) => void
  /** Nothing less worked either, so the steps down were for nothing. */
  readonly forget: (server: string, unproven: Capabilities) => void
}

const ASSUMED: Capabilities = {
  format: 'json_schema',
  temperature: true,
  seed: true,
  logprobs: true,
  limit: 'max_tokens',
}

/** Servers are upgraded: after this, the best form is tried again. */
const FORGET_AFTER_MS = 3_600_000

/** Shared by the scorers of one process; keys are base URL and model. */
export function createCapabilityMemory(elapsedMs: () => number): CapabilityMemory {
  const known = new Map<string, Known & { readonly since: number }>()

  function get(server: string): Known {
    const found = known.get(server)
    return found === undefined || elapsedMs() - found.since > FORGET_AFTER_MS
      ? { capabilities: ASSUMED, proven: false }
      : found
  }

  return {
    get,
    prove: (server, capabilities) => {
      if (get(server).capabilities === capabilities && !get(server).proven)
        known.set(server, { capabilities, proven: true, since: elapsedMs() })
    },
    replace: (server, from, to) => {
      if (get(server).capabilities === from)
        known.set(server, { capabilities: to, proven: false, since: elapsedMs() })
    },
    forget: (server, unproven) => {
      if (get(server).capabilities === unproven && !get(server).proven) known.delete(server)
    },
  }
}

/** What a server says against a request: status, named parameter and message, all in its own words. */
export type Complaint = {
  readonly status: number
  readonly param: string
  readonly message: string
}

/**
 * The capabilities without what the server complains about, or undefined when the complaint is about something else.
 * Before anything was proven, a complaint that names nothing is taken to be about the format.
 */
export function withoutComplaint(
  { capabilities, proven }: Known,
  { status, param, message }: Complaint,
): Capabilities | undefined {
  const about = `${param} ${message}`
  if (status < 400 || status === 401 || status === 403 || status === 404 || status === 429)
    return undefined
  if (capabilities.logprobs && /logprobs/i.test(about)) return { ...capabilities, logprobs: false }
  if (/max_(completion_)?tokens/i.test(about) && !/context/i.test(message)) {
    const limit = capabilities.limit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
    return { ...capabilities, limit }
  }
  if (capabilities.temperature && /temperature/i.test(about))
    return { ...capabilities, temperature: false }
  if (capabilities.seed && /\bseed\b/i.test(about)) return { ...capabilities, seed: false }
  if (/response.?format|json.?schema|json.?object|structured.?output|grammar|guided/i.test(about))
    return withNextFormat(capabilities)
  const unexplained = status === 400 || status === 415 || status === 422 || status === 501
  return unexplained && !proven ? withNextFormat(capabilities) : undefined
}

function withNextFormat(capabilities: Capabilities): Capabilities | undefined {
  const next = FORMATS[FORMATS.indexOf(capabilities.format) + 1]
  return next === undefined ? undefined : { ...capabilities, format: next }
}
