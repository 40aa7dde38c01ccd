import type { HostFacts, PathFacts, Situation } from '../../../src/oceanbase/checks/index.ts'
import { type ClusterSpec, layoutOf } from '../../../src/oceanbase/index.ts'
import { clusterOf } from '../cluster/fakeCluster.ts'

const gib = 2 ** 30
const unlimited = Number.POSITIVE_INFINITY

const missing = (path: string): PathFacts => ({
  path,
  kind: 'missing',
  entries: 0,
  owner: '-',
  madeBy: '-',
  ancestor: '/data',
  writable: true,
  rootAlone: true,
})

/** A path that is a directory of admin's, empty unless told. */
export const directory = (path: string, changes: Partial<PathFacts> = {}): PathFacts => ({
  ...missing(path),
  kind: 'directory',
  owner: 'admin',
  ancestor: path,
  ...changes,
})

/** A host on which nothing is to be found fault with. */
const goodFacts = (cluster: ClusterSpec): HostFacts => ({
  machine: { machineId: 'c0ffee', bootId: 'boot-1' },
  dead: [],
  architecture: 'x86_64',
  cores: 16,
  memory: { total: 64 * gib, free: 60 * gib, cached: 2 * gib, available: 61 * gib, swap: 0 },
  cgroup: { memory: unlimited, cores: unlimited },
  userExists: true,
  missingCommands: [],
  missingNeeds: [],
  tools: ['fio'],
  features: ['avx'],
  kernel: {
    'fs.aio-max-nr': 1_048_576,
    'fs.aio-nr': 0,
    'vm.max_map_count': 655_360,
    'vm.min_free_kbytes': 2_097_152,
    'vm.overcommit_memory': 0,
    'vm.swappiness': 0,
    'fs.file-max': 6_573_688,
    'net.core.somaxconn': 4096,
  },
  observers: [],
  listening: [],
  paths: [layoutOf(cluster).home, ...layoutOf(cluster).directories].map(missing),
  leftovers: [],
  disks: [
    {
      path: '/home/admin/oceanbase',
      device: '/dev/vda',
      total: 200 * gib,
      used: 50 * gib,
      available: 150 * gib,
      usedPercent: 25,
      options: [],
    },
    {
      path: '/data/1',
      device: '/dev/vdb',
      total: 900 * gib,
      used: 20 * gib,
      available: 880 * gib,
      usedPercent: 3,
      options: [],
    },
    {
      path: '/data/log1',
      device: '/dev/vdc',
      total: 400 * gib,
      used: 10 * gib,
      available: 390 * gib,
      usedPercent: 3,
      options: [],
    },
  ],
  hasAddress: true,
  device: { name: 'eth0', first: '10.0.0.1' },
  packages: [],
  limits: { openFiles: 655_350, processes: 655_360, stackKiB: unlimited, coreBlocks: unlimited },
  seen: [],
})

export interface Changes {
  readonly facts?: Partial<HostFacts>
  readonly cluster?: Partial<ClusterSpec>
  readonly clocks?: Situation['clocks']
  readonly ways?: Situation['ways']
  readonly silent?: Situation['silent']
  readonly release?: string
  readonly twins?: Situation['twins']
  readonly clones?: Situation['clones']
  /** Paths whose facts are other than missing. */
  readonly paths?: readonly PathFacts[]
}

/** A good host, 10.0.0.1, of a cluster of two, but for what is changed. The task is 7. */
export const situationWith = ({
  facts = {},
  cluster: changed = {},
  clocks,
  silent = [],
  release = '108000022024072217.el7',
  twins = [],
  clones = [],
  paths = [],
  ...rest
}: Changes = {}): Situation => {
  const cluster = clusterOf(['10.0.0.1 10.0.0.2'], changed)
  const good = goodFacts(cluster)
  const all = good.paths.map((path) => paths.find((other) => other.path === path.path) ?? path)
  return {
    facts: {
      ...good,
      seen: all.map(({ path, ancestor }) => ({ path, ancestor, writable: true })),
      ...facts,
      paths: all,
    },
    wish: {
      taskId: 7,
      cluster,
      server: { hostId: 1, ip: '10.0.0.1' },
      layout: layoutOf(cluster),
      package: {
        name: 'oceanbase',
        nvra: `oceanbase-4.2.1.8-${release}.x86_64`,
        architecture: 'x86_64',
        size: 60 * 2 ** 20,
        needs: [],
      },
    },
    clocks: clocks ?? [
      { ip: '10.0.0.1', offsetMs: 1, errorMs: 2 },
      { ip: '10.0.0.2', offsetMs: 3, errorMs: 2 },
    ],
    silent,
    // Undefined is a finding of its own.
    ways: 'ways' in rest ? rest.ways : [{ from: '10.0.0.2', port: cluster.rpcPort, reached: true }],
    twins,
    clones,
  }
}
