/** "{impact.affectedUsers} users cannot work" → "‹affected users› users cannot work": a slot as words, for people. */
export function readableSentence(template: string): string {
  return template.replaceAll(/\{([A-Za-z][\w.-]*)\}/g, (_, fact: string) => `‹${words(fact)}›`)
}

function words(fact: string): string {
  const last = fact.split('.').at(-1) ?? fact
  return last.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}
