import type { RedactedSpan } from './redact.ts'

/** Tokens whose first letters name their issuer. */
const ISSUED =
  /(?<![A-Za-z0-9])(?:sk-(?:proj-|ant-|live-|test-)?|[srp]k_(?:live|test)_|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|A(?:KIA|SIA)(?=[A-Z0-9]{16}(?![A-Z0-9]))|AIza|ya29\.|SG\.|npm_|pypi-|dop_v1_|shp(?:at|ca|pa|ss)_|hf_|whsec_|eyJ)[A-Za-z0-9_\-.~+/=]{12,2000}/g
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/g
const AUTHORIZATION = /\b(?:bearer|basic) ([A-Za-z0-9_\-.~+/=]{16,2000})/gi
const URL_CREDENTIALS = /:\/\/([^\s/:@]{1,100}:[^\s/@]{1,200})@/g
/** "password: …", "api_key=…", "my passcode is …". */
const NAMED =
  /(?<![\p{L}\p{N}])(?:password|passwort|passwd|pwd|passphrase|passcode|pass ?code|api[ _-]?key|api[ _-]?token|access[ _-]?(?:key|token)|auth[ _-]?token|client[ _-]?secret|secret(?:[ _-]?key)?|token|credentials|pw)["']?(\s{0,3}(?:[:=]|=>|→)\s{0,3}|\s{1,3}(?:is|was|are|ist)\s{0,3}:?\s{1,3})["'`]?([^\s"'`<>]{4,200})/giu
const SHORT_CODE =
  /(?<![\p{L}\p{N}])(?:pin|cvv2?|cvc2?|otp|one[- ]time (?:code|password)|verification code|security code|2fa code)\s{0,2}(?:number|no\.?)?\s{0,2}(?:is|was|[:=#])?\s{0,2}(\d{3,8})(?!\d)/giu
const LONG_TOKEN = /(?<![A-Za-z0-9_+=/-])[A-Za-z0-9_+=-]{24,512}(?![A-Za-z0-9_+=-])/g

/** Passwords, keys and codes: by their issuer's prefix, by the word before them, or by looking random. */
export function findSecrets(text: string): readonly RedactedSpan[] {
  return [
    ...whole(text, ISSUED),
    ...privateKeys(text),
    ...captured(text, AUTHORIZATION, 1, () => true),
    ...captured(text, URL_CREDENTIALS, 1, () => true),
    ...captured(text, NAMED, 2, isSecretValue),
    ...captured(text, SHORT_CODE, 1, () => true),
    ...whole(text, LONG_TOKEN).filter((span) => isRandom(text, span)),
  ]
}

const secret = (start: number, end: number): RedactedSpan => ({ start, end, kind: 'secret' })

function whole(text: string, pattern: RegExp): RedactedSpan[] {
  return [...text.matchAll(pattern)].map((match) =>
    secret(match.index, match.index + trimmed(match[0]).length),
  )
}

function captured(
  text: string,
  pattern: RegExp,
  group: number,
  accepts: (value: string, joint: string, isLast: boolean) => boolean,
): RedactedSpan[] {
  const spans: RedactedSpan[] = []
  for (const match of text.matchAll(pattern)) {
    const value = match[group] ?? ''
    const end = match.index + match[0].lastIndexOf(value) + value.length
    const kept = trimmed(value)
    const isLast = /^[^\S\n]{0,20}(?:$|\n)/.test(text.slice(end, end + 21))
    if (kept !== '' && accepts(kept, match[1] ?? '', isLast))
      spans.push(secret(end - value.length, end - value.length + kept.length))
  }
  return spans
}

/** Punctuation that closes the sentence, not the secret. */
function trimmed(value: string): string {
  return value.replace(/[.,;:)\]}]{1,5}$/, '')
}

/** "password is wrong" names none: a value has a digit or a sign in it, or stands alone after a colon. */
function isSecretValue(value: string, joint: string, isLast: boolean): boolean {
  if (/^https?:/i.test(value)) return false
  if (/\d/.test(value) || /[^\p{L}\p{N}'’.,/-]/u.test(value)) return true
  return /[:=→]/.test(joint) && isLast && value.length >= 6
}

/** Between the parts of a key: line breaks, quote marks, and line breaks as JSON writes them. */
const PEM_GAP = String.raw`(?:[\s>]|\\{1,2}[nr]){0,8}`
const PEM_PART = new RegExp(
  String.raw`${PEM_GAP}(?:[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info): ?[\w,-]{1,80})`,
  'y',
)
const PEM_END = new RegExp(
  String.raw`${PEM_GAP}[A-Za-z0-9+/=]{0,64}${PEM_GAP}-----END [A-Z ]{0,20}PRIVATE KEY-----`,
  'y',
)

/** Only what looks like a key, with or without its END line: what is written beside it is the customer's own. */
function privateKeys(text: string): RedactedSpan[] {
  return Array.from(text.matchAll(PRIVATE_KEY), ({ index, 0: begin }) => {
    let end = index + begin.length
    for (let next = endAt(PEM_PART, text, end); next > end; next = endAt(PEM_PART, text, end))
      end = next
    return secret(index, endAt(PEM_END, text, end))
  })
}

/** Where a match that begins at `from` ends; `from` when there is none. */
function endAt(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

const MIN_BITS = 3.4
const HEX = /^(?=.*\d)(?=.*[a-f])[0-9a-f]{32,}$/i
/** The length of a Git commit, which bug reports are full of. */
const COMMIT_LENGTH = 40
const DIGEST = /(?:sha\d{0,3}|md5|hash|checksum|digest|fingerprint|revision)[\s:=#@]{0,4}$/i
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function isRandom(text: string, { start, end }: RedactedSpan): boolean {
  const token = text.slice(start, end)
  if (UUID.test(token)) return false
  if (HEX.test(token))
    return (
      token.length !== COMMIT_LENGTH && !DIGEST.test(text.slice(Math.max(0, start - 20), start))
    )
  const mixed = /[a-z]/.test(token) && /[A-Z]/.test(token) && /\d/.test(token)
  return mixed && bitsPerCharacter(token) >= MIN_BITS
}

function bitsPerCharacter(token: string): number {
  const counts = new Map<string, number>()
  for (const character of token) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values())
    bits -= (count / token.length) * Math.log2(count / token.length)
  return bits
}
