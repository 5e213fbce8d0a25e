import type { RedactedSpan } from './redact.ts'

const NUMBER = String.raw`\d{1,5}(?:[A-Za-z]\b)?(?:[-/]\d{1,4}[A-Za-z]?)?`
const NAME = String.raw`\p{Lu}[\p{L}'’.-]{1,25}`
const OF = String.raw`(?:(?:de|del|de la|de los|de las|do|da|dos|das|di|della|du|des|le|la|l['’]|d['’])\s?){0,2}`
const FLAT = String.raw`(?:,?\s+(?:[Aa]pt|[Aa]partment|[Ss]uite|[Ss]te|[Uu]nit|[Ff]lat|[Ff]loor)\.?\s*[\w-]{1,6}\b|,?\s+#\s?\w{1,6}\b)?`
const TOWN = String.raw`(?:,\s*${NAME}(?:\s${NAME}){0,2})?(?:,?\s+[A-Z]{2},?\s+\d{5}(?:-\d{4})?\b)?`
const STREET_WORDS =
  'Street|St|Road|Rd|Avenue|Ave|Boulevard|Blvd|Lane|Ln|Terrace|Crescent|Highway|Hwy|Parkway|Pkwy|Mews|Court|Square|Gardens|Place|Drive|Close|Way'
/** "3 Google Drive folders", "1 Hard Drive": things that only sound like streets. */
const NO_STREET = /\b(?:google|hard|disk|flash|usb|one|shared|tape|test|market|wall)\s+\S+$/i

/** Streets with house numbers as several countries write them; post boxes; British postcodes. */
const PATTERNS: readonly RegExp[] = [
  new RegExp(
    String.raw`(?<![\p{L}\p{N}])${NUMBER},?\s+(?:[NSEW]{1,2}\.?\s+)?(?:${NAME}\s+){1,4}(?:${STREET_WORDS})\b\.?(?:\s+[NSEW]{1,2}\b)?${FLAT}${TOWN}`,
    'gu',
  ),
  new RegExp(
    String.raw`(?<![\p{L}\p{N}])\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|route)\s+${OF}${NAME}(?:[ -]${NAME}){0,3}(?:,?\s+\d{5}\s+${NAME})?`,
    'gu',
  ),
  new RegExp(
    String.raw`(?<![\p{L}\p{N}])\p{Lu}[\p{L}-]{1,30}(?:[ -]\p{Lu}[\p{L}-]{1,30}){0,2}?(?:straße|strasse|str\.|weg|gasse|allee|platz|damm|ufer|laan|straat|plein|gracht|gatan|vägen|gade|vej|gata|veien|katu|[ -](?:Straße|Strasse|Str\.|Weg|Gasse|Allee|Platz))\s+\d{1,4}(?:\s?[a-z])?\b(?:,?\s+(?:[A-Z]{1,2}-)?\d{4,5}(?:\s[A-Z]{2})?\s+${NAME})?`,
    'gu',
  ),
  new RegExp(
    String.raw`(?<![\p{L}\p{N}])(?:[Cc]alle|C/|[Aa]venida|[Aa]vda\.?|[Pp]aseo|[Pp]laza|[Rr]ua|[Tt]ravessa|[Pp]raça|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Uu]l\.|[Uu]lica|[Aa]leja)\s+${OF}${NAME}(?:\s+${OF}${NAME}){0,3},?\s+(?:n[ºo°.]\.?\s?)?\d{1,4}(?:\s?[a-zA-Z])?\b(?:,?\s+\d{2}-?\d{3}\s+${NAME})?`,
    'gu',
  ),
  /(?<![\p{L}\p{N}])(?:P\.? ?O\.? ?Box|Postfach|Apartado|Boîte postale)\s+\d{1,6}\b/giu,
  /(?<![\p{L}\p{N}-])(?:[A-PR-UWYZ]\d[A-HJKSTUW\d]?|[A-PR-UWYZ][A-HK-Y]\d[A-Z\d]?) \d[ABD-HJLNP-UW-Z]{2}(?![\p{L}\p{N}-])/gu,
]

/** Postal addresses with a house number: a street alone is a place, not a home. */
export function findAddresses(text: string): readonly RedactedSpan[] {
  return PATTERNS.flatMap((pattern) =>
    Array.from(text.matchAll(pattern))
      .filter((match) => !NO_STREET.test(match[0]))
      .map((match) => ({
        start: match.index,
        end: match.index + match[0].length,
        kind: 'address' as const,
      })),
  )
}
