import { type ClusterNode, reviveObserver } from '../activities/index.ts'
import { connectSql, NothingListens, type ServerSpec } from '../oceanbase/index.ts'
import { Secret } from '../quote.ts'
import { secretOf } from '../secretOf.ts'
import type { Store } from '../store/index.ts'
import type { SubtaskRun } from './subtaskRun.ts'

/**
 * Opens the SQL sessions of one attempt at a node. An observer that this task made and whose
 * process is gone is started first.
 */
export function openSql(
  store: Store,
  run: SubtaskRun,
  node: () => ClusterNode,
): ClusterNode['sql'] {
  const revived = new Set<string>()
  /**
   * Once in an attempt: an observer that dies again has a reason, which the node that waits for it
   * tells.
   */
  const revive = async (server: ServerSpec): Promise<boolean> => {
    const ours = server.taskId === node().input.taskId
    if (!ours || revived.has(server.ip) || !(await reviveObserver(node(), server))) return false
    revived.add(server.ip)
    return true
  }
  return async (server, user, options = {}) => {
    const { id, sqlPort } = node().cluster
    const name = user === 'rootEmpty' ? 'root' : user
    const password =
      user === 'rootEmpty' ? new Secret('') : await store.secrets.get(secretOf.cluster(id)[name])
    const target = { ip: server.ip, port: sqlPort, username: `${name}@sys`, password }
    const session = await connectSql(target, { ...run, ...options }).catch(
      async (error: unknown) => {
        if (!(error instanceof NothingListens) || !(await revive(server))) throw error
        return connectSql(target, { ...run, ...options })
      },
    )
    run.atEnd(() => session.close())
    return session
  }
}
