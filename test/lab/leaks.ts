import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** What must not be found, by the name that a finding calls it. */
export type Secrets = Readonly<Record<string, string>>

/**
 * base64 of a text wherever it begins in what was encoded: without the digits at its ends that its
 * neighbours have a share in.
 */
const base64Forms = (text: string): string[] =>
  [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
    const whole = Math.floor((bytes.length * 8) / 6)
    const digits = bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), whole)
    return [digits, digits.replaceAll('+', '-').replaceAll('/', '_')]
  })

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/**
 * A text as it may stand somewhere: as it is, escaped or quoted by whoever wrote it down, or
 * encoded.
 */
function formsOf(text: string): string[] {
  const hex = Buffer.from(text).toString('hex')
  const escaped = [
    text,
    inJson(text),
    inJson(inJson(text)),
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
    text.replaceAll("'", `'\\''`),
    text.replaceAll('\\', '\\\\').replaceAll("'", "''"),
    text.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
  ]
  return [...new Set([...escaped, ...base64Forms(text), hex, hex.toUpperCase()])]
}

/** Of a private key the lines that hold its private half: the others are in the public one too. */
const partsOf = (secret: string): string[] =>
  secret.includes('\n') ? secret.trim().split('\n').slice(3, -1) : [secret]

/** Looks for secrets in all their forms. */
export function leakFinder(secrets: Secrets) {
  const needles = Object.entries(secrets).flatMap(([name, secret]) =>
    partsOf(secret)
      .flatMap(formsOf)
      .map((form) => ({ name, form })),
  )
  const namesIn = (text: string | Buffer): string[] => [
    ...new Set(needles.filter(({ form }) => text.includes(form)).map(({ name }) => name)),
  ]
  return {
    /** Names of the secrets that something tells. */
    namesIn,
    /**
     * The files below a folder that tell a secret, with its name. Left out is the lab's block_file:
     * a hole as long as the disk, with zeros at its beginning.
     */
    async inFiles(folder: string): Promise<{ readonly path: string; readonly name: string }[]> {
      const options = [
        '-r',
        '-l',
        '-a',
        '-F',
        '-s',
        '-D',
        'skip',
        '--exclude=block_file',
        '-f',
        '-',
      ]
      const grep = spawn('grep', [...options, folder], {
        env: { ...process.env, LC_ALL: 'C' },
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      grep.stdin.end(needles.map(({ form }) => `${form}\n`).join(''))
      const ended = once(grep, 'close')
      const said: Buffer[] = []
      for await (const chunk of grep.stdout) said.push(Buffer.from(chunk))
      const [code] = await ended
      // 1: nothing found; 2: a file went away meanwhile.
      if (![0, 1, 2].includes(code)) throw new Error(`grep ended with ${code}`)
      const paths = Buffer.concat(said).toString().split('\n').filter(Boolean)
      return paths.flatMap((path) => namesIn(readFileSync(path)).map((name) => ({ path, name })))
    },
  }
}

/** All texts and bytes in something, however deep: the payloads of a history are bytes. */
export function textsIn(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([key, item]) => `${key} ${textsIn(item)}`)
    .join('\n')
}

const samplePauseMs = 50

/**
 * Notes command line and environment of every process of this machine, those of a lab's hosts among
 * them, until it is told to end.
 */
export function watchProcesses() {
  const seen = new Set<string>()
  const looked = new Set<string>()
  let over = false
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        if (looked.has(`${pid} ${words}`)) continue
        looked.add(`${pid} ${words}`)
        seen.add(words)
        seen.add(readFileSync(`/proc/${pid}/environ`, 'utf8'))
      } catch {
        // It ended while it was being looked at.
      }
    }
  }
  const watching = (async () => {
    while (!over) {
      look()
      await pause(samplePauseMs)
    }
  })()
  return {
    /** What was seen. */
    async end(): Promise<readonly string[]> {
      over = true
      await watching
      return [...seen]
    },
  }
}

/**
 * Hears all that this process writes to standard error, from now on; loggers made later write to it
 * too.
 */
export function listenToLog() {
  const heard: string[] = []
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = (chunk: string | Uint8Array) => {
    heard.push(Buffer.from(chunk).toString())
    return true
  }
  return {
    text: () => heard.join(''),
    end: () => {
      process.stderr.write = write
    },
  }
}
