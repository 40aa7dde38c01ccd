import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { Quoted, Secret, sh } from '../quote.ts'
import { runScript, type Workplace } from './run.ts'

/** A host that gives a file to others, until it is ended. */
export interface Giver {
  readonly ip: string
  readonly port: number
  /** Each is good for the file once; taken from the end. */
  readonly tokens: Secret[]
  /** Resolves when it has ended, by itself too. */
  readonly ended: Promise<void>
  end(): void
}

const maxTokens = 64
/** A file that others ask for longer is sent to them from here. */
const timeoutMs = 60 * 60_000
const openMs = 10_000
const endMs = 5_000

const program = new Quoted(readFileSync(new URL('give.sh', import.meta.url), 'utf8'), '')

/**
 * Has a host give one of its files to others, over a port of its own. It runs as long as its
 * command's input stays open, so it ends with this process. Undefined where it cannot.
 */
export async function startGiver(place: Workplace, path: string): Promise<Giver | undefined> {
  const { ip } = place.access
  const tokens = Array.from(
    { length: maxTokens },
    () => new Secret(randomBytes(16).toString('hex')),
  )
  const body = new PassThrough()
  body.write(`${tokens.map((token) => token.reveal()).join(' ')}\n`)
  const port = Promise.withResolvers<number | undefined>()
  let text = ''
  const heard = (more: string): void => {
    text = (text + more).slice(0, 1000)
    const [, number] = /^port (\d+)$/m.exec(text) ?? []
    if (number !== undefined) port.resolve(Number(number))
  }
  const stopping = new AbortController()
  // Not the subtask's: it goes on after the file has been installed here.
  const session = {
    log: () => undefined,
    signal: stopping.signal,
    key: `give-${randomBytes(8).toString('hex')}`,
  }
  const ended = runScript(
    { ...place, session },
    {
      script: sh`ip=${ip} path=${path}
${program}`,
      as: 'root',
      timeoutMs,
      title: `give ${path} to others`,
      body,
      begun: heard,
      heard,
    },
  ).then(
    () => port.resolve(undefined),
    () => port.resolve(undefined),
  )
  const late = setTimeout(() => port.resolve(undefined), openMs)
  const end = (): void => {
    body.end()
    const patience = setTimeout(() => stopping.abort(new Error('it did not end')), endMs)
    void ended.then(() => clearTimeout(patience))
  }
  const open = await port.promise
  clearTimeout(late)
  if (open === undefined) {
    end()
    return undefined
  }
  return { ip, port: open, tokens, ended, end }
}
