import { setTimeout as sleep } from 'node:timers/promises'
import { DefiniteError, TransientError } from '../../errors/failure.ts'
import { inEnglish, type Part, say } from '../../errors/say.ts'
import type { Preparation } from '../../store/index.ts'
import type { Node } from '../node.ts'

/**
 * An attempt holds one of the worker's places, which the hosts' own tasks need too: it is short.
 */
const patienceMs = 4000
const everyMs = 250

/**
 * Waits until the task of every host of a batch has ended. Fails when one of them did not prepare
 * its host.
 */
export async function awaitHosts({
  input,
  store,
  log,
  signal,
}: Node<'tasks.preparations'>): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const hosts = await store.tasks.preparations(input.taskId)
    const running = hosts.filter(({ status }) => status === 'RUNNING')
    if (running.length === 0) {
      refuseUnprepared(hosts)
      log('INFO', inEnglish(say`All prepared: ${inWords(hosts)}`))
      return
    }
    if (signal.aborted || Date.now() > deadline)
      throw new TransientError(
        say`${running.length} of ${hosts.length} hosts are still being prepared: ${inWords(running)}`,
      )
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

const inWords = (hosts: readonly Preparation[]): readonly Part[] => {
  const named = hosts.slice(0, 5).map(({ ip, taskId }) => say`${ip} (task ${taskId})`)
  return [
    ...named,
    ...(hosts.length > named.length ? [say`${hosts.length - named.length} more`] : []),
  ]
}

function refuseUnprepared(hosts: readonly Preparation[]): void {
  const unprepared = hosts.filter(({ status, rolledBack }) => status === 'FAILED' || rolledBack)
  const [first] = unprepared
  if (first === undefined) return
  const why = first.cause
    ? say`${first.cause.code} ${first.cause.said?.message ?? first.cause.message}`
    : say`its preparation was rolled back`
  throw new DefiniteError({
    code: 'TSK10013',
    message: say`${unprepared.length} of ${hosts.length} hosts are not prepared: ${inWords(unprepared)}. ${first.ip}: ${why}`,
    advice: say`Mend the cause and retry the hosts' own tasks, then this one; or skip this subtask to go on without these hosts.`,
    host: first.ip,
  })
}
