import { z } from 'zod'
import type { LabHost } from '../../../lab/index.ts'
import { installRpm } from '../../../src/activities/host/installRpm.ts'
import { makeDir } from '../../../src/activities/host/makeDir.ts'
import type { HostNode } from '../../../src/activities/node.ts'
import {
  type ClusterSpec,
  connectSql,
  defaultUsers,
  grantsOf,
  lineOf,
  type Sql,
} from '../../../src/oceanbase/index.ts'
import { Secret } from '../../../src/quote.ts'
import type { Package } from '../../../src/store/index.ts'
import { createClusterNodes, type LabNode, password } from '../../lab/clusterNode.ts'
import type { HostUse } from '../../lab/hostNode.ts'
import { createSqlGate } from '../sqlGate.ts'
import { type Attempt, whole } from '../sweep.ts'
import { traces } from '../traces.ts'

export interface ClusterOptions {
  readonly cluster: ClusterSpec
  readonly file: Package
  readonly proxyFile?: Package
  readonly taskId?: number
}

/** One cluster on some hosts, its nodes, and the gate in front of its SQL ports. */
export async function createClusterBench(hosts: readonly LabHost[], options: ClusterOptions) {
  const { cluster } = options
  const gate = await createSqlGate(
    hosts.map(({ ip }) => ip),
    [cluster.sqlPort, 2883],
  )
  const nodes = createClusterNodes(hosts, {
    ...options,
    loopback: (stream) => gate.before(stream),
  })
  const step =
    <T>(name: string, activity: (node: LabNode) => Promise<T>) =>
    ({ signal, number }: Attempt) =>
      activity(nodes.on(name, { signal, runTime: number }))
  const hostStep =
    <T>(name: string, activity: (node: HostNode<HostUse>) => Promise<T>, hostId = 1) =>
    ({ signal }: Attempt) =>
      activity(nodes.onHost(hostId, name, signal))

  /** Work as root outside of a node, with the cluster's password or, before it is set, without. */
  async function asRoot<T>(
    work: (session: Sql, known: 'password' | 'no password') => Promise<T>,
  ): Promise<T> {
    const target = { ip: hosts[0]?.ip ?? '', port: cluster.sqlPort, username: 'root@sys' }
    const how = { signal: AbortSignal.timeout(60_000), log: () => undefined }
    const session = await connectSql({ ...target, password: new Secret(password) }, how).then(
      (opened) => ({ opened, known: 'password' as const }),
      async () => ({
        opened: await connectSql({ ...target, password: new Secret('') }, how),
        known: 'no password' as const,
      }),
    )
    try {
      return await work(session.opened, session.known)
    } finally {
      await session.opened.close()
    }
  }

  /** What the cluster says of itself, times and counts left out. */
  const clusterSays = (): Promise<string> =>
    asRoot(async (session, known) => {
      const line = lineOf(cluster.version)
      const servers = await line.servers(session)
      const zones = await line.zones(session)
      const grants: string[] = []
      for (const { name } of defaultUsers)
        grants.push(`${name}: ${(await grantsIn(session, name)).sort().join(', ')}`)
      return [
        `root has ${known === 'password' ? 'a' : 'no'} password`,
        ...servers.map(({ ip, zone, status }) => `server ${ip} ${zone} ${status}`),
        ...zones.map(({ name, idc, status }) => `zone ${name} ${idc} ${status}`),
        `primary zone ${await line.sysPrimaryZone(session)}`,
        ...grants,
      ].join('\n')
    }).catch(
      (error: unknown) => `no cluster: ${error instanceof Error ? error.name : String(error)}`,
    )

  return {
    nodes,
    gate,
    step,
    hostStep,
    asRoot,
    clusterSays,
    /** What lies and runs on the hosts. */
    hostsShow: async (): Promise<string> => (await Promise.all(hosts.map(traces))).join('\n'),
    /** Packages and directories, as they are before "Bootstrap ob". */
    prepared: async (): Promise<void> => {
      for (const [index] of hosts.entries()) {
        await whole(hostStep('installRpm', installRpm, index + 1))
        await whole(hostStep('makeDir', makeDir, index + 1))
      }
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await nodes.close()
      await gate[Symbol.asyncDispose]()
    },
  }
}

const grantText = z.record(z.string(), z.string()).transform((row) => Object.values(row).join(' '))

async function grantsIn(session: Sql, user: string): Promise<string[]> {
  try {
    return await session.rows(grantsOf(user), grantText)
  } catch {
    return ['is not there']
  }
}
