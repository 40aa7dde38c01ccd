import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { DefiniteError, TransientError } from '../errors/failure.ts'
import { printed } from '../errors/printed.ts'
import { inEnglish, type Said, say } from '../errors/say.ts'
import { type Quoted, withoutSecrets } from '../quote.ts'
import { type RemoteCall, signals } from '../signals.ts'
import { type Answer, converse } from './channel.ts'
import type { Connection } from './connection.ts'
import type { HostAccess, Output, Session } from './host.ts'
import { lastLines } from './output.ts'
import { markOf, request } from './remote.ts'
import { whileWaiting } from './waiting.ts'

export interface Run {
  readonly script: Quoted
  readonly as: string
  readonly timeoutMs: number
  readonly title: string
  /** What the script reads on its standard input; none unless given. */
  readonly body?: Readable
  /** Called when the script begins, with what of its standard output came along. */
  readonly begun?: (text: string) => void
  /** Receives further standard output as it comes. */
  readonly heard?: (text: string) => void
}

/** A connected host and the subtask that works on it. */
export interface Workplace {
  readonly access: HostAccess
  readonly session: Session
  readonly connection: Connection
  /** Milliseconds that the login shell and sudo may take before a script begins. */
  readonly patienceMs: number
}

/** The host takes as long to end what ignores TERM. */
const endingMs = 20_000

const sudo = ({ username }: HostAccess): boolean => username !== 'root'

/** Why the program on the host never began: the login shell or sudo answered instead. */
const neverBegan = ({ access }: Workplace, { code, stderr, stdout }: Answer): Error => {
  const said = lastLines(stderr || stdout, 3)
  if (sudo(access) && /sudo|password is required|must have a tty/i.test(said)) {
    return new DefiniteError({
      code: 'CRD08006',
      message: say`${access.username} may not use sudo on host ${access.ip}: ${printed(said)}`,
      advice: say`install sudo and allow it without a password and a terminal: "${access.username} ALL=(ALL) NOPASSWD: ALL" in /etc/sudoers.d`,
      host: access.ip,
    })
  }
  return new DefiniteError({
    code: 'CMP07015',
    message: say`host ${access.ip} runs no commands for ${access.username} (exit code ${code}): ${printed(said)}`,
    advice: say`the login needs a shell, bash must be installed and /run writable`,
    host: access.ip,
  })
}

/**
 * Exit codes of a script that a signal ended: hang-up, interrupt, KILL, TERM. The host shut down or
 * was short of memory, or another attempt of the same subtask has ended it: none of that says
 * anything about the script.
 */
const endedBySignal: readonly number[] = [129, 130, 137, 143]

/**
 * Ends what runs on the host under this subtask's mark, over another channel, or another connection
 * when that one is gone.
 */
const endRemote = async ({ access, session, connection, patienceMs }: Workplace): Promise<void> => {
  const signal = AbortSignal.timeout(endingMs + patienceMs)
  const { command, input } = request(
    { action: 'end', mark: markOf(session.key) },
    { sudo: sudo(access) },
  )
  try {
    await connection.exec(command, (channel) => converse(channel, { head: input, signal }), {
      signal,
      urgent: true,
    })
    session.log('WARN', `${access.ip}: ended what was running`)
  } catch (error) {
    session.log(
      'WARN',
      `${access.ip}: could not end what was running, the next attempt will: ${String(error)}`,
    )
  }
}

interface Listener {
  readonly begun: (text: string) => void
  readonly heard: (text: string) => void
}

/** Tells a listener when the greeting has come, and then what follows it. */
const afterGreeting = (greeting: string, { begun, heard }: Listener): ((chunk: Buffer) => void) => {
  const decoder = new StringDecoder('utf8')
  let before: string | undefined = ''
  return (chunk) => {
    const text = decoder.write(chunk)
    if (before === undefined) return heard(text)
    before += text
    const at = before.indexOf(greeting)
    if (at === -1) return
    const rest = before.slice(at + greeting.length)
    before = undefined
    begun(rest)
  }
}

/** Rejects after `ms` unless it is set again or cleared. */
const createDeadline = () => {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  return {
    signal: late.signal,
    set(ms: number, reason: Said): void {
      clearTimeout(timer)
      timer = setTimeout(() => late.abort(new TransientError(reason)), ms)
    },
    clear: () => clearTimeout(timer),
  }
}

/**
 * Runs a script on a host in a session of its own, after ending what an earlier attempt of this
 * subtask left there. Its time begins when the script does: a login shell or sudo that is slow has
 * a patience of its own. When the signal aborts or the time is up, the remote processes are ended
 * before the promise rejects.
 */
const attempt = async (
  place: Workplace,
  { script, as, timeoutMs, title, body, begun, heard }: Run,
): Promise<Output> => {
  const { access, session, connection, patienceMs } = place
  const start = {
    action: 'run',
    mark: markOf(session.key),
    user: as,
    script: script.text,
    stdin: body ? 'open' : 'closed',
  } as const
  const { command, input, greeting } = request(start, { sudo: sudo(access) })
  const deadline = createDeadline()
  const signal = AbortSignal.any([session.signal, deadline.signal])
  const underWay = Promise.withResolvers<void>()
  const first = sudo(access) ? say`login shell and sudo` : say`login shell`
  let started = false
  let answer: Answer
  try {
    answer = await connection.exec(
      command,
      async (channel) => {
        started = true
        deadline.set(
          patienceMs,
          say`"${printed(title)}" did not begin on host ${access.ip} within ${patienceMs / 1000} s: its ${first} took that long`,
        )
        const listen = afterGreeting(greeting, {
          begun: (text) => {
            underWay.resolve()
            deadline.set(
              timeoutMs,
              say`"${printed(title)}" on host ${access.ip} took longer than ${timeoutMs / 1000} s and was ended`,
            )
            begun?.(text)
          },
          heard: (text) => heard?.(text),
        })
        const conversation = converse(channel, {
          head: input,
          ...(body && { body }),
          heard: listen,
          signal,
        })
        const either = Promise.race([underWay.promise, conversation.catch(() => undefined)])
        const announced = whileWaiting(either, (seconds) =>
          session.log(
            'INFO',
            `waiting for the ${inEnglish(first)} of host ${access.ip}, ${seconds} s so far`,
          ),
        )
        const [said] = await Promise.all([conversation, announced])
        return said
      },
      { signal },
    )
  } catch (error) {
    if (started && signal.aborted) await endRemote(place)
    throw error
  } finally {
    deadline.clear()
    body?.destroy()
  }
  const begin = answer.stdout.indexOf(greeting)
  if (answer.code === undefined)
    throw new TransientError(
      say`the connection to host ${access.ip} was lost during "${printed(title)}"`,
    )
  if (begin === -1) throw neverBegan(place, answer)
  if (endedBySignal.includes(answer.code)) {
    throw new TransientError(
      say`"${printed(title)}" on host ${access.ip} was ended from outside (exit code ${answer.code})`,
    )
  }
  return {
    code: answer.code,
    stdout: answer.stdout.slice(begin + greeting.length),
    stderr: answer.stderr,
  }
}

/** Runs a script and logs what came of it. */
export const runScript = (place: Workplace, run: Run): Promise<Output> =>
  place.connection.inTurn(place.session.key, async () => {
    const { session, access } = place
    session.signal.throwIfAborted()
    const startedAt = performance.now()
    const line = (outcome: string) =>
      `${access.ip} [${run.as}] ${run.title}: ${outcome}, ${Math.round(performance.now() - startedAt)} ms`
    let begunAt = startedAt
    const ended = (outcome: RemoteCall['outcome']) =>
      signals.ssh.send({
        address: access.ip,
        title: run.title,
        outcome,
        askedAt: startedAt,
        begunAt,
        endedAt: performance.now(),
      })
    const begun = (text: string) => {
      begunAt = performance.now()
      run.begun?.(text)
    }
    try {
      const output = await attempt(place, { ...run, begun })
      ended(output.code === 0 ? 'ok' : 'refused')
      const said =
        output.code === 0 ? '' : `\n${lastLines(withoutSecrets(output.stderr, run.script.secrets))}`
      session.log(
        output.code === 0 ? 'INFO' : 'WARN',
        `${line(`exit code ${output.code}`)}${said.trimEnd()}`,
      )
      return output
    } catch (error) {
      ended('lost')
      session.log('WARN', line(error instanceof Error ? error.message : String(error)))
      throw error
    }
  })
