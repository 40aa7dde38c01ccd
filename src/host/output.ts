const defaultBytes = 1024 * 1024

/**
 * Collects a stream's output up to a bound: the head and the tail are kept, the middle of what is
 * longer is left out.
 */
export const createOutput = (limitBytes = defaultBytes) => {
  const half = limitBytes / 2
  const head: Buffer[] = []
  let headBytes = 0
  let tail: Buffer[] = []
  let tailBytes = 0
  let leftOut = 0

  return {
    add(chunk: Buffer): void {
      const first = chunk.subarray(0, half - headBytes)
      if (first.length > 0) {
        head.push(first)
        headBytes += first.length
      }
      const rest = chunk.subarray(first.length)
      if (rest.length === 0) return
      tail.push(rest)
      tailBytes += rest.length
      // Joined only now and then: every chunk costs a copy otherwise.
      if (tailBytes <= 2 * half) return
      const kept = Buffer.concat(tail).subarray(-half)
      leftOut += tailBytes - kept.length
      tail = [kept]
      tailBytes = kept.length
    },
    text(): string {
      const end = Buffer.concat(tail)
      const kept = end.subarray(-half)
      const missing = leftOut + end.length - kept.length
      const gap = missing > 0 ? `\n… ${missing} bytes left out …\n` : ''
      return `${Buffer.concat(head)}${gap}${kept}`
    },
  }
}

/** The last lines of a text, for a log or a cause. */
export const lastLines = (text: string, lines = 20, characters = 2000): string =>
  text.trimEnd().split('\n').slice(-lines).join('\n').slice(-characters)
