import { PassThrough } from 'node:stream'
import { DefiniteError } from '../errors/failure.ts'
import { printed } from '../errors/printed.ts'
import { say } from '../errors/say.ts'
import { type Quoted, sh } from '../quote.ts'
import type { Round } from './host.ts'
import { lastLines } from './output.ts'
import { runScript, type Workplace } from './run.ts'

const timeoutMs = 10_000

/**
 * Starts a command's loop on a host once and has it answer `times` lines of standard input, each
 * with one line. What the login, sudo and a shell cost is so in none of the rounds.
 */
export const askInRounds = async (
  place: Workplace,
  command: Quoted,
  times: number,
  title: string,
): Promise<Round[]> => {
  const rounds: Round[] = []
  const body = new PassThrough()
  let text = ''
  let sentAt = 0
  const ask = () => {
    sentAt = performance.now()
    body.write('\n')
  }
  const heard = (more: string) => {
    text += more
    const at = text.indexOf('\n')
    if (at === -1) return
    const now = performance.now()
    rounds.push({
      answer: text.slice(0, at),
      tookMs: now - sentAt,
      midEpochMs: Date.now() - (now - sentAt) / 2,
    })
    text = text.slice(at + 1)
    if (rounds.length < times) ask()
    else body.end()
  }
  const script = sh`while read -r _; do ${command}; done`
  const { code, stderr } = await runScript(place, {
    script,
    as: 'root',
    timeoutMs,
    title,
    body,
    begun: ask,
    heard,
  })
  if (rounds.length === times) return rounds
  throw new DefiniteError({
    code: 'TSK10005',
    message: say`"${printed(title)}" on host ${place.access.ip} failed with exit code ${code}: ${printed(lastLines(stderr))}`,
    host: place.access.ip,
  })
}
