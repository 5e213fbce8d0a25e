import type { Range } from './quoted-lines.ts'

/** Delimiters and role marks of prompts and chat formats, which no customer types. */
const MARKS =
  /<\|[a-z_]{2,20}\|>|<<\/?sys(?:tem)?\b|\[\/?inst\]|<\/?(?:system|assistant|instructions?|ticket|prompt|user_input|customer_message)>|"role"\s{0,3}:\s{0,3}"(?:system|assistant|developer)"|(?:^|\n)#{2,3} ?(?:system prompt|instruction|response):|\[(?:system|assistant|bot|instruction)\b ?:|\[approved by [^\]\n]{0,200}\]|(?:^|\n)(?:assistant|system): [^\n]{0,200}|(?<!-)-{3,8} ?(?:begin|end)(?: of)? (?:ticket|message|user|system|prompt|input|conversation)[a-z ]{0,20}-{3,8}|"(?:priority|severity|urgency|disposition|sentiment|intent)"\s{0,3}:/gi

/** What stands between such marks was written for the machine as well. */
const BLOCKS =
  /<!--.{0,2000}?-->|<(system|assistant|instructions?|prompt)>.{0,2000}?<\/\1>|<\|im_start\|>\w*(?:.{0,2000}?<\|im_end\|>)?|\[inst\].{0,2000}?\[\/inst\]|```json.{0,2000}?```|#{2,3} ?instruction:.{0,1000}?#{2,3} ?response:(?:\s*\{[^{}]{0,400}\})?|\{\s*"role".{0,1000}?\}(?:"\s*\})?|\{[^{}]{0,400}"(?:priority|severity|urgency|disposition|sentiment|intent)"\s{0,3}:[^{}]{0,400}\}|\b(?:set|change|lower|close|resolve|dismiss|approve|skip)_?(?:priority|severity|ticket|review|case)\([^)\n]{0,80}\);?(?:\s*\w{3,30}\([^)\n]{0,80}\);?)*/gis

/** Two and more steps of an agent's record in a row, as ReAct writes them. */
const STEP = String.raw`\b(?:thought|action(?: input)?|observation|final answer):[^\n.]{0,120}(?:\.|\n|$)`
const STEPS = new RegExp(String.raw`${STEP}(?:\s*${STEP})+`, 'gi')

/** Places where a text imitates the frame of a prompt. */
export function findPromptMarks(text: string): readonly Range[] {
  const patterns = [BLOCKS, MARKS, STEPS]
  const marks = patterns.flatMap((pattern) =>
    Array.from(text.matchAll(pattern), (match) => ({
      start: match.index,
      end: match.index + match[0].length,
    })),
  )
  return [...marks, ...findBreaks(text)]
}

const BREAK = /(?<!-)-{3,8} ?(begin|end) [a-z ]{4,30}-{3,8}/gi
const LONGEST_BREAK = 2_000

/** What stands after an "END TICKET" and before the next "BEGIN TICKET". */
function findBreaks(text: string): readonly Range[] {
  const breaks = Array.from(text.matchAll(BREAK), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    ends: match[1]!.toLowerCase() === 'end',
  }))
  return breaks.flatMap(({ start, ends }, at) => {
    const next = breaks[at + 1]
    if (!ends || next === undefined || next.ends || next.start - start > LONGEST_BREAK) return []
    return [{ start, end: next.end }]
  })
}
