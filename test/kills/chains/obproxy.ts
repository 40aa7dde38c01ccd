import { bootstrapOb } from '../../../src/activities/cluster/bootstrapOb.ts'
import { createDefaultUser } from '../../../src/activities/cluster/createDefaultUser.ts'
import { prepareDeleteCluster } from '../../../src/activities/cluster/prepareDeleteCluster.ts'
import { setSysPassword } from '../../../src/activities/cluster/setSysPassword.ts'
import type { ObproxyHostNode, ObproxyNode } from '../../../src/activities/node.ts'
import { checkCommandExists } from '../../../src/activities/obproxy/checkCommandExists.ts'
import { checkProcessNotExist } from '../../../src/activities/obproxy/checkProcessNotExist.ts'
import {
  installObproxyRpm,
  removeObproxyRpm,
} from '../../../src/activities/obproxy/installObproxyRpm.ts'
import { linkObClusters, unlinkObClusters } from '../../../src/activities/obproxy/linkObClusters.ts'
import { linkObproxy, unlinkObproxy } from '../../../src/activities/obproxy/linkObproxy.ts'
import { prepareCreateObproxy } from '../../../src/activities/obproxy/prepareCreateObproxy.ts'
import { prepareOfflineObproxy } from '../../../src/activities/obproxy/prepareOfflineObproxy.ts'
import { registerObproxyExporter } from '../../../src/activities/obproxy/registerObproxyExporter.ts'
import { startObproxy, stopObproxy } from '../../../src/activities/obproxy/startObproxy.ts'
import { keepObproxyCluster } from '../../../src/activities/obproxy/startObproxyOffline.ts'
import { syncObproxyParameter } from '../../../src/activities/obproxy/syncObproxyParameter.ts'
import {
  reinstallObproxy,
  uninstallObproxy,
} from '../../../src/activities/obproxy/uninstallObproxy.ts'
import { updateObproxyStatus } from '../../../src/activities/obproxy/updateObproxyStatus.ts'
import type { ObproxyLink } from '../../../src/store/index.ts'
import type { ClusterUse } from '../../lab/clusterNode.ts'
import { clusterOn } from '../../lab/hostNode.ts'
import { linkRow } from '../../support/rows.ts'
import { nodesOf } from '../coverage.ts'
import { putShims } from '../shims.ts'
import { type Attempt, type Sweep, whole } from '../sweep.ts'
import { type Chain, hostAt, nothing } from './bench.ts'
import { createClusterBench } from './clusterBench.ts'

const version = '4.2.1.8'
const proxiesId = 5

/** An OBProxy beside a cluster that it serves: how it comes, is linked, and goes. */
export const obproxyChain: Chain = {
  name: 'obproxy',
  nodes: nodesOf('obproxy'),
  hosts: 1,
  async run({ hosts, packageOf, sweep }) {
    const host = hostAt(hosts, 0)
    const shims = await putShims(host)
    await using bench = await createClusterBench(hosts, {
      cluster: clusterOn(hosts, version, { obproxyClusterIds: [proxiesId] }),
      file: packageOf('oceanbase', version),
      proxyFile: packageOf('obproxy-ce', '4.3.1.0'),
    })
    const { gate, hostsShow, nodes, step } = bench
    await bench.prepared()
    for (const [name, activity] of Object.entries({
      bootstrapOb,
      setSysPassword,
      createDefaultUser,
    }))
      await whole(step(name, activity))
    nodes.saved.status = 'RUNNING'

    /** The same node, of the OBProxy cluster and as a proxy's. */
    const open = async (
      name: string,
      { signal, number }: Attempt,
    ): Promise<ObproxyNode<ClusterUse>> => {
      const node = nodes.on(name, { signal, runTime: number })
      const proxies = await node.store.obproxy.get(proxiesId)
      if (!proxies) throw new Error('no OBProxy cluster')
      return { ...node, proxies, ofCluster: async () => node }
    }
    const ofProxies =
      (name: string, activity: (node: ObproxyNode<ClusterUse>) => Promise<unknown>) =>
      async (attempt: Attempt) =>
        activity(await open(name, attempt))
    const ofProxy =
      (name: string, activity: (node: ObproxyHostNode<ClusterUse>) => Promise<unknown>) =>
      async (attempt: Attempt) => {
        const node = await open(name, attempt)
        const [proxy] = node.proxies.servers
        if (!proxy) throw new Error('no proxy')
        return activity({ ...node, proxy, target: nodes.onHost(1, name, attempt.signal).target })
      }
    /** Its configuration is a file, passwords digested. */
    const configuration = async () =>
      (
        await host.exec(
          "sort /home/admin/obproxy-4.3.1.0/etc/obproxy_config.bin | sed 's/\\(password=..\\).*/\\1/'",
        )
      ).stdout
    const look = async () =>
      `${await hostsShow()}\n${await configuration()}${JSON.stringify(nodes.saved.links)}`
    const common: Pick<Sweep, 'look' | 'commands' | 'statements'> = {
      look,
      commands: { shims },
      statements: { gate },
    }
    const settle = async (state: ObproxyLink['state']): Promise<void> => {
      nodes.saved.links.splice(0, 1, linkRow({ state }))
    }
    await settle('CHANGING')

    for (const [activity, look] of [
      ['prepareCreateObproxy', prepareCreateObproxy],
      ['checkProcessNotExist', checkProcessNotExist],
      ['checkCommandExists', checkCommandExists],
    ] as const)
      await sweep({ ...common, activity, run: ofProxy(activity, look), back: nothing })
    const install = ofProxy('installObproxyRpm', installObproxyRpm)
    const uninstall = ofProxy('removeObproxyRpm', removeObproxyRpm)
    await sweep({ ...common, activity: 'installObproxyRpm', run: install, back: uninstall })
    await whole(install)

    const start = ofProxy('startObproxy', startObproxy)
    const stop = ofProxy('stopObproxy', stopObproxy)
    const fresh = async (attempt: Attempt): Promise<void> => {
      await stop(attempt)
      await host.exec('rm -f /home/admin/obproxy-4.3.1.0/etc/obproxy_config.bin')
    }
    await sweep({ ...common, activity: 'startObproxy', run: start, back: fresh })
    await whole(start)
    await sweep({ ...common, activity: 'stopObproxy', run: stop, back: start })
    await whole(start)

    const sync = ofProxy('syncObproxyParameter', syncObproxyParameter)
    const anew = async (attempt: Attempt): Promise<void> => {
      await fresh(attempt)
      await start(attempt)
    }
    await sweep({ ...common, activity: 'syncObproxyParameter', run: sync, back: anew })
    await whole(sync)
    for (const [activity, look] of [
      ['registerObproxyExporter', registerObproxyExporter],
      ['prepareOfflineObproxy', prepareOfflineObproxy],
    ] as const)
      await sweep({ ...common, activity, run: ofProxy(activity, look), back: nothing })
    const update = ofProxies('updateObproxyStatus', updateObproxyStatus)
    await sweep({ ...common, activity: 'updateObproxyStatus', run: update, back: nothing })

    const linkAll = ofProxies('linkObClusters', linkObClusters)
    const unlinkAll = ofProxies('unlinkObClusters', unlinkObClusters)
    const unlinked = async (attempt: Attempt): Promise<void> => {
      await settle('CHANGING')
      await unlinkAll(attempt)
      await settle('CHANGING')
    }
    const linked = async (attempt: Attempt): Promise<void> => {
      await settle('CHANGING')
      await linkAll(attempt)
      await settle('CHANGING')
    }
    await whole(unlinked)
    await sweep({ ...common, activity: 'linkObClusters', run: linkAll, back: unlinked })
    await whole(linked)
    await sweep({ ...common, activity: 'unlinkObClusters', run: unlinkAll, back: linked })
    await whole(linked)

    const offline = ofProxy('uninstallObproxy', uninstallObproxy)
    const online = ofProxy('reinstallObproxy', reinstallObproxy)
    // What the proxy wrote goes with it, and does not come back.
    const withoutSettings = { ...common, look: hostsShow }
    await sweep({ ...withoutSettings, activity: 'uninstallObproxy', run: offline, back: online })
    await whole(offline)
    await sweep({ ...withoutSettings, activity: 'reinstallObproxy', run: online, back: offline })
    await whole(online)
    const keep = ofProxies('keepObproxyCluster', keepObproxyCluster)
    await whole(unlinked)
    await sweep({ ...common, activity: 'keepObproxyCluster', run: keep, back: unlinked })
    await whole(keep)
    await settle('CHANGING')
    await whole(unlinkAll)

    const link = step('linkObproxy', linkObproxy)
    const unlink = step('unlinkObproxy', unlinkObproxy)
    await sweep({ ...common, activity: 'linkObproxy', run: link, back: unlink })
    await whole(unlink)
    await whole(fresh)
    await sweep({
      ...common,
      activity: 'linkObproxy',
      of: 'proxy down',
      run: link,
      back: async (attempt) => {
        await unlink(attempt)
        await fresh(attempt)
      },
    })
    await whole(link)
    await sweep({ ...common, activity: 'unlinkObproxy', run: unlink, back: link })
    const running = async (attempt: Attempt): Promise<void> => {
      nodes.saved.status = 'RUNNING'
      await link(attempt)
      nodes.saved.status = 'DELETING'
    }
    await whole(running)
    const prepare = step('prepareDeleteCluster', prepareDeleteCluster)
    await sweep({ ...common, activity: 'prepareDeleteCluster', run: prepare, back: running })
    await whole(stop)
    // What the proxy wrote goes with it, and does not come back.
    await sweep({
      ...common,
      activity: 'removeObproxyRpm',
      run: uninstall,
      back: install,
      look: hostsShow,
    })
    await whole(uninstall)
  },
}
