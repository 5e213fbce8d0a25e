/** A bar on stderr that redraws one line; on anything that is no terminal it says nothing. */
export function createProgress(
  stream: { readonly isTTY?: boolean; readonly write: (text: string) => unknown },
  options: { readonly label: string; readonly total: number; readonly elapsedMs: () => number },
): { readonly step: () => void; readonly end: () => void } {
  const { label, total, elapsedMs } = options
  const start = elapsedMs()
  let done = 0
  let drawnAt = -Infinity

  function draw(): void {
    const share = total === 0 ? 1 : done / total
    const filled = Math.round(share * WIDTH)
    const seconds = (elapsedMs() - start) / 1000
    const left = done === 0 ? '' : ` ${Math.ceil((seconds / done) * (total - done))} s left`
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
    stream.write(`\r\u001B[K${label} ${bar} ${done}/${total}${left}`)
    drawnAt = elapsedMs()
  }
  return {
    step: () => {
      done += 1
      if (stream.isTTY === true && elapsedMs() - drawnAt >= REDRAW_MS) draw()
    },
    end: () => {
      if (stream.isTTY === true) stream.write('\r\u001B[K')
    },
  }
}

const WIDTH = 30
const REDRAW_MS = 80
