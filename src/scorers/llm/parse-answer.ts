import { answerSchema, type LlmAnswer } from './answer-schema.ts'
import { LlmFailure } from './failure.ts'

/**
 * The model's words → a checked answer, whatever mode the server ran in. Prose, a code fence or a thinking block around
 * the object are tolerated; a second object is not, because then nobody knows which one the model meant.
 * @throws LlmFailure `invalid_json`, or `wrong_schema` naming the fields (an unknown label never passes).
 */
export function parseAnswer(content: string): LlmAnswer {
  const parsed = answerSchema.safeParse(parseJson(content))
  if (parsed.success) return parsed.data
  // Paths hold names of the schema only: members that it does not know are reported at their parent.
  const fields = new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'the object'))
  throw new LlmFailure('wrong_schema', `answer breaks the schema at ${[...fields].join(', ')}`)
}

function parseJson(content: string): unknown {
  const trimmed = content.replace(/^\s*<think>.*?<\/think>/s, '').trim()
  const whole = tryJson(trimmed)
  if (whole !== undefined) return whole
  const objects = topLevelObjects(trimmed)
  const only = objects.length === 1 ? tryJson(objects[0]!) : undefined
  if (only !== undefined) return only
  throw new LlmFailure(
    'invalid_json',
    objects.length > 1 ? 'answer holds several objects' : 'answer is not JSON',
  )
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Balanced `{…}` outside of one another; braces inside strings do not count. */
function topLevelObjects(text: string): readonly string[] {
  const found: string[] = []
  let depth = 0
  let start = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inString) {
      if (character === '\\') at++
      else if (character === '"') inString = false
    } else if (character === '"') inString = depth > 0
    else if (character === '{') {
      if (depth++ === 0) start = at
    } else if (character === '}' && depth > 0 && --depth === 0)
      found.push(text.slice(start, at + 1))
  }
  return found
}
