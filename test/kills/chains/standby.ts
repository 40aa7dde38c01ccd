import {
  addStandbyCluster,
  clearStandby,
} from '../../../src/activities/cluster/addStandbyCluster.ts'
import { bootstrapOb } from '../../../src/activities/cluster/bootstrapOb.ts'
import { checkPrimaryCluster } from '../../../src/activities/cluster/checkPrimaryCluster.ts'
import { checkStandbyCluster } from '../../../src/activities/cluster/checkStandbyCluster.ts'
import { createDefaultUser } from '../../../src/activities/cluster/createDefaultUser.ts'
import { setSysPassword } from '../../../src/activities/cluster/setSysPassword.ts'
import { clusterRole, standbyStatus } from '../../../src/oceanbase/index.ts'
import { clusterOn } from '../../lab/hostNode.ts'
import { nodesOf } from '../coverage.ts'
import { putShims } from '../shims.ts'
import { type Attempt, type Sweep, whole } from '../sweep.ts'
import { type Chain, hostAt, nothing } from './bench.ts'
import { createClusterBench } from './clusterBench.ts'

const version = '2.2.73'

/** A primary on the first host and its standby on the second. */
export const standbyChain: Chain = {
  name: 'standby',
  nodes: nodesOf('standby'),
  hosts: 2,
  async run({ hosts, packageOf, sweep }) {
    const [host, other] = [hostAt(hosts, 0), hostAt(hosts, 1)]
    const file = packageOf('oceanbase', version)
    await using primary = await createClusterBench([host], {
      cluster: clusterOn([host], version),
      file,
    })
    await primary.prepared()
    for (const [name, activity] of Object.entries({
      bootstrapOb,
      setSysPassword,
      createDefaultUser,
    }))
      await whole(primary.step(name, activity))

    const shims = await putShims(other)
    const rootServers = [{ ip: host.ip, rpcPort: 2882, sqlPort: 2881 }]
    await using standby = await createClusterBench([other], {
      cluster: clusterOn([other], version, {
        obClusterId: 2,
        type: 'STANDBY',
        primary: { obClusterId: 1, rootServers },
      }),
      file,
    })
    // Its users are its primary's.
    for (const user of ['ocp_monitor', 'proxyro'] as const) {
      const secret = primary.nodes.secret(`cluster/22/${user}`)
      await standby.nodes.on('setup').store.secrets.put(`cluster/22/${user}`, secret)
    }
    await standby.prepared()
    const { hostsShow, step } = standby
    const look = async (): Promise<string> => {
      const seen = await primary.asRoot(standbyStatus(2))
      const role = await standby.asRoot(clusterRole).then(
        (known) => known.role,
        () => 'down',
      )
      return `${await hostsShow()}\nthe primary says ${seen ?? 'nothing'}, the standby is ${role}`
    }
    const common: Pick<Sweep, 'look' | 'commands'> = { look, commands: { shims } }
    const onPrimary = { gate: primary.gate }
    const onStandby = { gate: standby.gate }

    const check = step('checkPrimaryCluster', checkPrimaryCluster)
    await sweep({
      ...common,
      activity: 'checkPrimaryCluster',
      run: check,
      back: nothing,
      statements: onPrimary,
    })

    const bootstrap = step('bootstrapOb', bootstrapOb)
    const clear = step('clearStandby', clearStandby)
    const add = step('addStandbyCluster', addStandbyCluster)
    await whole(bootstrap)
    const registered = async (attempt: Attempt): Promise<void> => {
      await clear(attempt)
      await bootstrap(attempt)
    }
    await sweep({
      ...common,
      activity: 'addStandbyCluster',
      run: add,
      back: registered,
      statements: { ...onPrimary, extents: ['worker killed'] },
    })
    await whole(add)
    const prove = step('checkStandbyCluster', checkStandbyCluster)
    await sweep({
      ...common,
      activity: 'checkStandbyCluster',
      run: prove,
      back: nothing,
      statements: onStandby,
    })
    const following = async (attempt: Attempt): Promise<void> => {
      await bootstrap(attempt)
      await add(attempt)
    }
    await sweep({
      ...common,
      activity: 'clearStandby',
      run: clear,
      back: following,
      statements: { ...onPrimary, extents: ['worker killed'] },
    })
    await whole(clear)
  },
}
