import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLab, type Lab } from '../../lab/index.ts'
import { buildPackages, catalog } from '../../lab/packages/index.ts'
import { bootstrapOb, clearObservers } from '../../src/activities/cluster/bootstrapOb.ts'
import { restartObserver } from '../../src/activities/cluster/restartObserver.ts'
import { setSysPassword } from '../../src/activities/cluster/setSysPassword.ts'
import { setSysPrimaryZone } from '../../src/activities/cluster/setSysPrimaryZone.ts'
import { syncClusterInfo } from '../../src/activities/cluster/syncClusterInfo.ts'
import { waitClusterAccessible } from '../../src/activities/cluster/waitClusterAccessible.ts'
import { waitObserverAccessible } from '../../src/activities/cluster/waitObserverAccessible.ts'
import { installRpm } from '../../src/activities/host/installRpm.ts'
import { makeDir } from '../../src/activities/host/makeDir.ts'
import { type ClusterSpec, serversOf } from '../../src/oceanbase/index.ts'
import { createClusterNodes } from './clusterNode.ts'
import { clusterOn, packageFrom } from './hostNode.ts'

/** Hosts by zone, as positions in the lab. */
const zones = [[0, 1], [2], [3]]
/** Of the lines whose observers are restarted for their io_resource.conf. */
const version = '3.2.4.1'

let lab: Lab
let cluster: ClusterSpec
let nodes: ReturnType<typeof createClusterNodes>

beforeAll(async () => {
  const [built] = await buildPackages(
    catalog.filter((item) => item.name === 'oceanbase' && item.version === version),
  )
  lab = await createLab({ hosts: 4 })
  cluster = clusterOn(lab.hosts, version, {
    // OceanBase writes it as zone2;zone1: in its other region no zone was named.
    primaryZone: 'zone2',
    zones: zones.map((hosts, index) => ({
      name: `zone${index + 1}`,
      idcName: `hz${index + 1}`,
      regionName: index < 2 ? 'east' : 'west',
      servers: hosts.map((host, place) => ({
        hostId: host + 1,
        ip: lab.hosts[host]?.ip ?? '',
        zone: `zone${index + 1}`,
        rootServer: place === 0,
      })),
    })),
  })
  nodes = createClusterNodes(lab.hosts, { cluster, file: packageFrom(built?.path ?? '') })
  for (const { hostId } of serversOf(cluster)) {
    await installRpm(nodes.onHost(hostId, 'installRpm'))
    await makeDir(nodes.onHost(hostId, 'makeDir'))
  }
})
afterAll(async () => {
  await nodes?.close()
  await lab?.destroy()
})

/**
 * Runs a node again and again, each attempt cut off a little later than the one before, until one
 * gets through.
 */
async function cutOff(node: typeof bootstrapOb): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      await node(nodes.on(node.name, { signal: AbortSignal.timeout(attempt * 700) }))
      return attempt
    } catch (error) {
      if (attempt === 60) throw error
    }
  }
}

it('four servers in three zones become one cluster although every attempt is cut off and begun again', async () => {
  const attempts = await cutOff(bootstrapOb)
  expect(attempts).toBeGreaterThan(1)
  expect(await cutOff(restartObserver)).toBeGreaterThan(1)
  for (const node of [
    waitObserverAccessible,
    setSysPassword,
    setSysPrimaryZone,
    waitClusterAccessible,
    syncClusterInfo,
  ]) {
    await node(nodes.on(node.name))
  }
  const servers = nodes.saved.servers
    ?.map(({ hostId, zoneName, status }) => `${hostId} ${zoneName} ${status}`)
    .sort()
  expect(servers).toEqual([
    '1 zone1 RUNNING',
    '2 zone1 RUNNING',
    '3 zone2 RUNNING',
    '4 zone3 RUNNING',
  ])
  expect(nodes.saved.zones?.map(({ name, idcName }) => `${name} ${idcName}`).sort()).toEqual([
    'zone1 hz1',
    'zone2 hz2',
    'zone3 hz3',
  ])

  expect(nodes.lines.join('\n')).toContain('The primary zone of sys is zone1;zone2; setting zone2')
  expect(nodes.saved.zones?.map(({ regionName }) => regionName).sort()).toEqual([
    'east',
    'east',
    'west',
  ])

  await clearObservers(nodes.on('bootstrapOb'))
  for (const host of lab.hosts)
    expect((await host.exec('pgrep -x observer; ls -A /data/1/terran/sstable')).stdout).toBe('')
  // Cut off between noting that BOOTSTRAP is sent and sending it, the next attempts wait for its
  // end: 2 minutes in all.
}, 360_000)
