import { setTimeout as sleep } from 'node:timers/promises'
import { DefiniteError, TransientError } from '../../errors/failure.ts'
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
export async function awaitHosts({ input, store, log, signal }: Node): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const hosts = await store.tasks.preparations(input.taskId)
    const running = hosts.filter(({ status }) => status === 'RUNNING')
    if (running.length === 0) {
      refuseUnprepared(hosts)
      log('INFO', `All prepared: ${inWords(hosts)}`)
      return
    }
    if (signal.aborted || Date.now() > deadline)
      throw new TransientError(
        `${running.length} of ${hosts.length} hosts are still being prepared: ${inWords(running)}`,
      )
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

const inWords = (hosts: readonly Preparation[]): string => {
  const named = hosts.slice(0, 5).map(({ ip, taskId }) => `${ip} (task ${taskId})`)
  return [
    ...named,
    ...(hosts.length > named.length ? [`${hosts.length - named.length} more`] : []),
  ].join(', ')
}

function refuseUnprepared(hosts: readonly Preparation[]): void {
  const unprepared = hosts.filter(({ status, rolledBack }) => status === 'FAILED' || rolledBack)
  const [first] = unprepared
  if (first === undefined) return
  const why = first.cause
    ? `${first.cause.code} ${first.cause.message}`
    : 'its preparation was rolled back'
  throw new DefiniteError({
    code: 'TSK10013',
    message: `${unprepared.length} of ${hosts.length} hosts are not prepared: ${inWords(unprepared)}. ${first.ip}: ${why}`,
    advice:
      "Mend the cause and retry the hosts' own tasks, then this one; or skip this subtask to go on without these hosts.",
    host: first.ip,
  })
}
