import { bootstrapOb, clearObservers } from '../../../src/activities/cluster/bootstrapOb.ts'
import { clusterOn } from '../../lab/hostNode.ts'
import type { Chain } from './bench.ts'
import { createClusterBench } from './clusterBench.ts'

const version = '4.2.1.8'

/** A cluster of two servers in one zone: the second is added by SQL. */
export const serversChain: Chain = {
  name: 'servers',
  nodes: ['bootstrapOb'],
  hosts: 2,
  async run({ hosts, packageOf, sweep }) {
    const cluster = clusterOn(hosts, version)
    await using bench = await createClusterBench(hosts, {
      cluster,
      file: packageOf('oceanbase', version),
    })
    const { clusterSays, gate, hostsShow, step } = bench
    await bench.prepared()
    await sweep({
      activity: 'bootstrapOb',
      of: 'two servers',
      run: step('bootstrapOb', bootstrapOb),
      back: step('clearObservers', clearObservers),
      look: async () => `${await hostsShow()}\n${await clusterSays()}`,
      statements: { gate, extents: ['worker killed'] },
    })
  },
}
