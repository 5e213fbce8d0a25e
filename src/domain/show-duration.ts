/** `20 min`, `1 h 05 min`, `3 d 2 h`: two units are enough to act on. */
export function showDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48)
    return minutes % 60 === 0
      ? `${hours} h`
      : `${hours} h ${String(minutes % 60).padStart(2, '0')} min`
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
