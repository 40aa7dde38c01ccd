import { ApplicationFailure, Context } from '@temporalio/activity'
import { DefiniteError, saidBy } from '../../errors/failure.ts'
import { type Said, say } from '../../errors/say.ts'
import type { HostPool } from '../../host/index.ts'
import { type HostFinding, type ServerSpec, serversOf } from '../../oceanbase/index.ts'
import { type LookRef, lookSeconds } from '../../plan/dryRun.ts'
import type { CreateLook, StoreWith } from '../../store/index.ts'
import { agentHomeOf, findingsOf } from './preCheck.ts'

type LookUse = 'hosts.access' | 'hosts.get' | 'hosts.relatives' | 'packages.get' | 'tasks.looks'

/** No task has this id, so nothing on a host counts as made by this create. */
const noTask = 0

/**
 * The live pre-check of every host of a create that is only asked about. It is no subtask: it
 * writes no row and no log. A host that cannot be looked at gives a finding like any other.
 */
export const lookAtHosts =
  ({ store, hosts }: { readonly store: StoreWith<LookUse>; readonly hosts: HostPool }) =>
  async ({ lookId }: LookRef): Promise<HostFinding[]> => {
    const { cluster, package: wanted } = await lookOf(store, lookId)
    const { cancellationSignal, info } = Context.current()
    const timeUp = AbortSignal.timeout(lookSeconds * 1000)
    const signal = AbortSignal.any([cancellationSignal, timeUp])

    const look = async (server: ServerSpec): Promise<HostFinding[]> => {
      const { hostId, ip } = server
      let last: string | undefined
      const session = {
        log: (_: string, line: string) => {
          last = line
        },
        signal,
        key: `dry-run-${info.activityRunId ?? lookId}-${hostId}`,
      }
      // A host key that is not pinned yet is not pinned by looking either.
      const open = async (id: number) => hosts.host(await store.hosts.access(id), session)
      try {
        const node = { cluster, server, store, host: open, target: await open(hostId) }
        const found = await Promise.race([
          findingsOf(node, {
            taskId: noTask,
            package: wanted,
            agentHome: await agentHomeOf(node, node.server.hostId),
          }),
          aborted(signal),
        ])
        return found.map((finding) => ({ ...finding, hostId, host: ip }))
      } catch (error) {
        return [unseen(server, error, timeUp.aborted ? tooLate(ip, last) : undefined)]
      }
    }
    return (await Promise.all(serversOf(cluster).map(look))).flat()
  }

async function lookOf({ tasks }: StoreWith<'tasks.looks'>, lookId: string): Promise<CreateLook> {
  const look = await tasks.looks.take(lookId)
  if (look) return look
  throw ApplicationFailure.nonRetryable(`no dry run waits for look ${lookId}`, 'NoSuchLook')
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = () => reject(signal.reason)
    if (signal.aborted) fail()
    signal.addEventListener('abort', fail, { once: true })
  })

const tooLate = (ip: string, lastLine: string | undefined): Said => {
  const late = say`host ${ip} did not say all within ${lookSeconds} s`
  return lastLine ? say`${late}; last seen: ${lastLine}` : late
}

/** Why a host could not be looked at, as a finding. */
function unseen({ hostId, ip }: ServerSpec, error: unknown, late: Said | undefined): HostFinding {
  const about = { item: say`host`, level: 'FATAL', hostId, host: ip } as const
  if (error instanceof DefiniteError) {
    const { code, message, advice = say`mend it, then ask again` } = error.reason
    return { ...about, code, message, advice }
  }
  return {
    ...about,
    code: 'CMP07015',
    message: late ?? saidBy(error),
    advice: say`a create would wait for it and go on once it answers`,
  }
}
