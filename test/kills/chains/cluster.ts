import { bootstrapOb } from '../../../src/activities/cluster/bootstrapOb.ts'
import { createDefaultUser } from '../../../src/activities/cluster/createDefaultUser.ts'
import { restartObserver } from '../../../src/activities/cluster/restartObserver.ts'
import { setSysPassword } from '../../../src/activities/cluster/setSysPassword.ts'
import { setSysPrimaryZone } from '../../../src/activities/cluster/setSysPrimaryZone.ts'
import { syncClusterInfo } from '../../../src/activities/cluster/syncClusterInfo.ts'
import { syncTenants } from '../../../src/activities/cluster/syncTenants.ts'
import { triggerCompaction } from '../../../src/activities/cluster/triggerCompaction.ts'
import { waitClusterAccessible } from '../../../src/activities/cluster/waitClusterAccessible.ts'
import { waitObserverAccessible } from '../../../src/activities/cluster/waitObserverAccessible.ts'
import { alterRootPassword, defaultUsers, setPrimaryZone } from '../../../src/oceanbase/index.ts'
import { identifier, Secret, sql } from '../../../src/quote.ts'
import { clusterOn } from '../../lab/hostNode.ts'
import { nodesOf } from '../coverage.ts'
import { putShims } from '../shims.ts'
import { whole } from '../sweep.ts'
import { type Chain, hostAt, nothing } from './bench.ts'
import { createClusterBench } from './clusterBench.ts'

const version = '4.2.1.8'

/** A cluster that is bootstrapped: its restart, and what is set in it and read of it by SQL. */
export const clusterChain: Chain = {
  name: 'cluster',
  nodes: nodesOf('cluster'),
  hosts: 1,
  async run({ hosts, packageOf, sweep }) {
    const host = hostAt(hosts, 0)
    const commands = { shims: await putShims(host) }
    const cluster = clusterOn(hosts, version)
    await using bench = await createClusterBench(hosts, {
      cluster,
      file: packageOf('oceanbase', version),
    })
    const { asRoot, clusterSays, gate, hostsShow, nodes, step } = bench
    const statements = { gate }
    const look = async (): Promise<string> => `${await hostsShow()}\n${await clusterSays()}`
    await bench.prepared()
    await whole(step('bootstrapOb', bootstrapOb))

    /** Process of the observer, before the sweep of "Restart observer process" tries anew. */
    let old = ''
    const pid = async (): Promise<string> =>
      (await host.exec('cat /home/admin/oceanbase/run/observer.pid')).stdout.trim()
    old = await pid()
    await sweep({
      activity: 'restartObserver',
      run: step('restartObserver', restartObserver),
      back: async () => {
        old = await pid()
      },
      look: async () => `${await look()}\nrestarted: ${(await pid()) !== old}`,
      commands,
      statements,
    })
    const wait = step('waitObserverAccessible', waitObserverAccessible)
    await sweep({
      activity: 'waitObserverAccessible',
      run: wait,
      back: nothing,
      look,
      commands,
      statements,
    })

    const givePassword = step('setSysPassword', setSysPassword)
    const noPassword = () => asRoot((session) => session.run(alterRootPassword(new Secret(''))))
    await sweep({
      activity: 'setSysPassword',
      run: givePassword,
      back: noPassword,
      look,
      commands,
      statements,
    })
    await whole(givePassword)

    const makeUsers = step('createDefaultUser', createDefaultUser)
    const dropUsers = () =>
      asRoot(async (session) => {
        for (const { name } of defaultUsers)
          await session.run(sql`DROP USER IF EXISTS ${identifier(name)}`)
      })
    await sweep({
      activity: 'createDefaultUser',
      run: makeUsers,
      back: dropUsers,
      look,
      commands,
      statements,
    })
    await whole(makeUsers)

    const setZone = step('setSysPrimaryZone', setSysPrimaryZone)
    // What the node sets is a new cluster's own, so it has another one first.
    const otherZone = () => asRoot((session) => session.run(setPrimaryZone('zone1')))
    await otherZone()
    await sweep({
      activity: 'setSysPrimaryZone',
      run: setZone,
      back: otherZone,
      look,
      commands,
      statements,
    })
    const waitWhole = step('waitClusterAccessible', waitClusterAccessible)
    await sweep({
      activity: 'waitClusterAccessible',
      run: waitWhole,
      back: nothing,
      look,
      commands,
      statements,
    })

    const saved = async (): Promise<string> => {
      const { servers: listed = [], zones = [], tenants = [] } = nodes.saved
      const text = JSON.stringify([
        listed.map((server) => ({ ...server, startTime: null })),
        zones,
        tenants,
      ])
      return `${await look()}\n${text}`
    }
    const unsaved = async (): Promise<void> =>
      void Object.assign(nodes.saved, { servers: [], zones: [], tenants: [] })
    await unsaved()
    const sync = step('syncClusterInfo', syncClusterInfo)
    await sweep({
      activity: 'syncClusterInfo',
      run: sync,
      back: unsaved,
      look: saved,
      commands,
      statements,
    })
    await unsaved()
    await sweep({
      activity: 'syncTenants',
      run: step('syncTenants', syncTenants),
      back: unsaved,
      look: saved,
      commands,
      statements,
    })
    const compact = step('triggerCompaction', triggerCompaction)
    await sweep({
      activity: 'triggerCompaction',
      run: compact,
      back: nothing,
      look,
      commands,
      statements,
    })
  },
}
