import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { prepareInstallCluster } from '../../../src/activities/cluster/prepareInstallCluster.ts'
import type { ClusterStatus, Package } from '../../../src/store/index.ts'
import { packageNamed, sampleRpm } from '../../store/inventory.ts'
import { clusterRow, hostRow, serviceRow } from '../../support/rows.ts'
import { clusterOf, fakeNode } from './fakeCluster.ts'

// Any file will do for a package: this one.
const path = fileURLToPath(import.meta.url)
const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')

const file: Package = { ...packageNamed(sampleRpm), id: 1, createTime: new Date(0), path, sha256 }

interface Stored {
  readonly status: ClusterStatus
  /** The cluster that the hosts serve. */
  readonly owner: number
  readonly file: Package | undefined
}
const reserved: Stored = { status: 'CREATING', owner: 22, file }

const prepare = (changes: Partial<Stored>, cluster = clusterOf(['10.0.0.1'])) => {
  const { status, owner, file: stored } = { ...reserved, ...changes }
  const { node, lines } = fakeNode(cluster)
  const store = {
    clusters: { get: async () => clusterRow({ status }) },
    hosts: { get: async () => hostRow({ services: [serviceRow({ clusterId: owner })] }) },
    packages: {
      get: async () => stored,
      setOf: async (server: Package) => ({ packages: [server], missing: [] }),
    },
  }
  return { lines, outcome: prepareInstallCluster({ ...node, store }) }
}

test('says what will be done when everything is as it was reserved', async () => {
  const { lines, outcome } = prepare({})
  await outcome
  expect(lines.join('\n')).toContain('Root servers: zone1 10.0.0.1:2882; 1 servers in all')
})

test.each<[string, Partial<Stored>, string]>([
  [
    'a cluster that is not being created',
    { status: 'RUNNING' },
    'cluster terran is RUNNING, it must be CREATING',
  ],
  ['a host that another cluster took', { owner: 23 }, 'host 10.0.0.1 is not reserved'],
  ['a package that is gone', { file: undefined }, 'does not exist any more'],
  ['a package file that is gone', { file: { ...file, path: `${path}.gone` } }, 'cannot be read'],
  [
    'a package file that was changed',
    { file: { ...file, sha256: 'other' } },
    'its SHA-256 differs',
  ],
])('refuses %s', async (_name, changes, words) => {
  await expect(prepare(changes).outcome).rejects.toThrow(words)
})

test('refuses a zone without a root server, and a version of no known line', async () => {
  const cluster = clusterOf(['10.0.0.1'])
  const rootless = {
    ...cluster,
    zones: cluster.zones.map((zone) => ({
      ...zone,
      servers: zone.servers.map((server) => ({ ...server, rootServer: false })),
    })),
  }
  await expect(prepare({}, rootless).outcome).rejects.toThrow('zone zone1 has 0 root servers')
  await expect(prepare({}, { ...cluster, version: '9.0.0.0' }).outcome).rejects.toThrow(
    'not supported',
  )
})
