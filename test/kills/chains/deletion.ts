import { bootstrapOb } from '../../../src/activities/cluster/bootstrapOb.ts'
import { startObservers, stopObservers } from '../../../src/activities/cluster/observers.ts'
import { cleanObserverHost } from '../../../src/activities/host/cleanObserverHost.ts'
import { ioBench } from '../../../src/activities/host/ioBench.ts'
import { serversOf } from '../../../src/oceanbase/index.ts'
import { clusterOn } from '../../lab/hostNode.ts'
import { nodesOf } from '../coverage.ts'
import { putShims } from '../shims.ts'
import { whole } from '../sweep.ts'
import { type Chain, hostAt } from './bench.ts'
import { createClusterBench } from './clusterBench.ts'
import { keepFiles } from './keepFiles.ts'

const version = '4.2.1.8'

/** The end of a cluster: its host is cleaned of all that its create made. */
export const deletionChain: Chain = {
  name: 'deletion',
  nodes: nodesOf('deletion'),
  hosts: 1,
  async run({ hosts, packageOf, sweep }) {
    const host = hostAt(hosts, 0)
    const shims = await putShims(host)
    const cluster = clusterOn(hosts, version)
    await using bench = await createClusterBench(hosts, {
      cluster,
      file: packageOf('oceanbase', version),
    })
    const { hostsShow, hostStep, step } = bench
    const servers = serversOf(cluster)
    const start = step('bootstrapOb', (node) => startObservers(node, servers))
    await bench.prepared()
    await whole(hostStep('ioBench', ioBench))
    await whole(step('bootstrapOb', bootstrapOb))
    await whole(step('clearObservers', (node) => stopObservers(node, servers)))
    const made = await keepFiles(host)
    await whole(start)

    const clean = hostStep('cleanObserverHost', cleanObserverHost)
    await sweep({
      activity: 'cleanObserverHost',
      of: 'until the observer is down',
      run: clean,
      back: async (attempt) => {
        await made.putBack()
        await start(attempt)
      },
      look: hostsShow,
      // What follows is the same as with an observer that is down.
      commands: { shims, atMost: 12 },
    })
    await whole(clean)
    await made.putBack()
    // Nothing is started any more, and what is empty is put back sooner.
    await host.exec('find /home/admin/oceanbase /data -type f -size +1M -exec truncate -s 0 {} +')
    const down = await keepFiles(host)
    await sweep({
      activity: 'cleanObserverHost',
      of: 'observer down',
      run: clean,
      back: () => down.putBack(),
      look: hostsShow,
      commands: { shims },
    })
    await whole(clean)
  },
}
