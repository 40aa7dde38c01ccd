import { bootstrapOb, clearObservers } from '../../../src/activities/cluster/bootstrapOb.ts'
import { startObservers, stopObservers } from '../../../src/activities/cluster/observers.ts'
import { serversOf } from '../../../src/oceanbase/index.ts'
import { clusterOn } from '../../lab/hostNode.ts'
import { nodesOf } from '../coverage.ts'
import { putShims } from '../shims.ts'
import { type Attempt, whole } from '../sweep.ts'
import { type Chain, hostAt } from './bench.ts'
import { createClusterBench } from './clusterBench.ts'
import { keepFiles } from './keepFiles.ts'

const version = '4.2.1.8'

/** A cluster of one host: its BOOTSTRAP and its undo. */
export const bootstrapChain: Chain = {
  name: 'bootstrap',
  nodes: nodesOf('bootstrap'),
  hosts: 1,
  async run({ hosts, packageOf, sweep }) {
    const host = hostAt(hosts, 0)
    const commands = { shims: await putShims(host) }
    const cluster = clusterOn(hosts, version)
    await using bench = await createClusterBench(hosts, {
      cluster,
      file: packageOf('oceanbase', version),
    })
    const { clusterSays, hostsShow, step } = bench
    const look = async (): Promise<string> => `${await hostsShow()}\n${await clusterSays()}`
    const servers = serversOf(cluster)
    await bench.prepared()

    const bootstrap = step('bootstrapOb', bootstrapOb)
    const clear = step('clearObservers', clearObservers)
    const start = step('bootstrapOb', (node) => startObservers(node, servers))
    const stop = step('clearObservers', (node) => stopObservers(node, servers))
    // Its statements are cut in the chain of two servers.
    await sweep({ activity: 'bootstrapOb', run: bootstrap, back: clear, look, commands })
    await whole(bootstrap)
    await whole(stop)
    const booted = await keepFiles(host)
    await whole(start)
    const bootedAgain = async (attempt: Attempt): Promise<void> => {
      await stop(attempt)
      await booted.putBack()
      await start(attempt)
    }
    await sweep({ activity: 'clearObservers', run: clear, back: bootedAgain, look, commands })
  },
}
