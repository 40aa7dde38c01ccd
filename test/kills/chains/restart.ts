import { bootstrapOb } from '../../../src/activities/cluster/bootstrapOb.ts'
import { waitClusterAccessible } from '../../../src/activities/cluster/waitClusterAccessible.ts'
import { prepareRestartObserver } from '../../../src/activities/restart/prepareRestartObserver.ts'
import { prepareRestartZone } from '../../../src/activities/restart/prepareRestartZone.ts'
import { startObserverProcess } from '../../../src/activities/restart/startObserverProcess.ts'
import { startServer } from '../../../src/activities/restart/startServer.ts'
import { startZone } from '../../../src/activities/restart/startZone.ts'
import { stopObserverProcess } from '../../../src/activities/restart/stopObserverProcess.ts'
import { updateObserverStatus } from '../../../src/activities/restart/updateObserverStatus.ts'
import { updateZoneStatus } from '../../../src/activities/restart/updateZoneStatus.ts'
import { startZone as startZoneStatement, stopZone } from '../../../src/oceanbase/index.ts'
import type { LabNode } from '../../lab/clusterNode.ts'
import { clusterOn } from '../../lab/hostNode.ts'
import { nodesOf } from '../coverage.ts'
import { putShims } from '../shims.ts'
import { whole } from '../sweep.ts'
import { type Chain, hostAt, nothing } from './bench.ts'
import { createClusterBench } from './clusterBench.ts'

const version = '4.2.1.8'

/** A cluster of three zones, the last of which has its turn of a rolling restart. */
export const restartChain: Chain = {
  name: 'restart',
  nodes: nodesOf('restart'),
  hosts: 3,
  async run({ hosts, packageOf, sweep }) {
    const host = hostAt(hosts, 0)
    const commands = { shims: await putShims(host) }
    const zoneOf = ({ ip }: { ip: string }, index: number) => ({
      name: `zone${index + 1}`,
      idcName: 'hz2',
      regionName: '',
      servers: [{ hostId: index + 1, ip, zone: `zone${index + 1}`, rootServer: true }],
    })
    // The host of the first node has its turn; the kernel is on another one.
    const zones = [...hosts.map(zoneOf)].reverse()
    const cluster = clusterOn(hosts, version, { zones })
    await using bench = await createClusterBench(hosts, {
      cluster,
      file: packageOf('oceanbase', version),
    })
    const { asRoot, clusterSays, gate, hostsShow, step } = bench
    const statements = { gate }
    const look = async (): Promise<string> => `${await hostsShow()}${await clusterSays()}`
    const inTurn =
      (node: (turn: LabNode) => Promise<unknown>) =>
      (given: LabNode): Promise<unknown> =>
        node({
          ...given,
          input: { ...given.input, zone: 'zone1' },
          servers: given.servers.filter(({ zone }) => zone === 'zone1'),
        })
    await bench.prepared()
    await whole(step('bootstrapOb', bootstrapOb))

    const stop = step('prepareRestartZone', inTurn(prepareRestartZone))
    const start = step('startZone', inTurn(startZone))
    const up = step('startObserverProcess', inTurn(startObserverProcess))
    const down = step('stopObserverProcess', inTurn(stopObserverProcess))
    const serves = step('startServer', inTurn(startServer))
    const startStatement = () => asRoot((session) => session.run(startZoneStatement('zone1')))
    await sweep({
      activity: 'prepareRestartZone',
      run: stop,
      back: startStatement,
      look,
      statements,
    })
    await whole(stop)
    const last = step('prepareRestartObserver', inTurn(prepareRestartObserver))
    await sweep({
      activity: 'prepareRestartObserver',
      run: last,
      back: nothing,
      look,
      commands,
      statements,
    })
    await sweep({ activity: 'stopObserverProcess', run: down, back: up, look: hostsShow, commands })
    await whole(down)
    await sweep({
      activity: 'startObserverProcess',
      run: up,
      back: down,
      look: hostsShow,
      commands,
    })
    await whole(up)
    // Each time it waits for an observer that has just been started.
    await sweep({
      activity: 'startServer',
      run: serves,
      back: async (attempt) => {
        await down(attempt)
        await up(attempt)
      },
      look: hostsShow,
      statements,
    })
    await whole(serves)
    const status = step('updateObserverStatus', inTurn(updateObserverStatus))
    await sweep({ activity: 'updateObserverStatus', run: status, back: nothing, look, statements })
    const stopStatement = () => asRoot((session) => session.run(stopZone('zone1')))
    await sweep({ activity: 'startZone', run: start, back: stopStatement, look, statements })
    await whole(start)
    const zoneStatus = step('updateZoneStatus', inTurn(updateZoneStatus))
    await sweep({ activity: 'updateZoneStatus', run: zoneStatus, back: nothing, look, statements })
    await whole(step('waitClusterAccessible', waitClusterAccessible))
  },
}
