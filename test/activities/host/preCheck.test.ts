import { describe, expect, it } from 'vitest'
import { areDoubtful, judge, parseFacts, truest } from '../../../src/oceanbase/checks/index.ts'
import { clusterOf } from '../cluster/fakeCluster.ts'
import { type Changes, directory, situationWith } from './situation.ts'

const gib = 2 ** 30
const home = '/home/admin/oceanbase'
const ownTrees = [
  directory(`${home}/store/terran`, { madeBy: '7', entries: 6 }),
  directory('/data/1/terran', { madeBy: '7', entries: 4 }),
  directory('/data/1/terran/sstable', { entries: 1 }),
  directory('/data/log1/terran', { madeBy: '7', entries: 2 }),
]
const limits = {
  openFiles: 655_350,
  processes: 655_360,
  stackKiB: Number.POSITIVE_INFINITY,
  coreBlocks: Number.POSITIVE_INFINITY,
}

const found = (changes: Changes): string[] =>
  judge(situationWith(changes)).map(({ level, code, message }) => `${level} ${code} ${message}`)

describe('a pre-check', () => {
  it('finds nothing on a host that was prepared', () => {
    expect(found({})).toEqual([])
  })

  it('finds nothing when it is repeated while its own observer runs', () => {
    const again = {
      paths: ownTrees,
      facts: {
        observers: [{ pid: 42, cwd: home }],
        listening: [{ port: 2881, pid: 42, command: 'observer', cwd: home }],
        leftovers: [`${home}/etc/observer.config.bin`],
        packages: ['oceanbase-4.2.1.8-108000022024072217.el7.x86_64'],
        memory: { total: 64 * gib, available: gib, swap: 0 },
      },
    }
    expect(found(again)).toEqual([])
  })

  it('finds nothing wrong with an agent that runs since the host was prepared', () => {
    expect(
      found({ facts: { listening: [{ port: 62888, pid: 9, command: 'ocp_mgragent', cwd: '/' }] } }),
    ).toEqual([])
  })

  it('tells all findings of a host at once, the fatal ones first', () => {
    const levels = judge(
      situationWith({ facts: { cores: 1, features: ['avx', 'thp'], hasAddress: false } }),
    ).map(({ level }) => level)
    expect(levels).toEqual(['FATAL', 'FATAL', 'WARN'])
  })
})

const table: readonly (readonly [sentence: string, changes: Changes, finding: string])[] = [
  [
    'another observer',
    { facts: { observers: [{ pid: 42, cwd: '/opt/ob' }] } },
    'FATAL OBE11021 ob install pre check failed, maybe from another observer: pid 42 runs in /opt/ob',
  ],
  [
    'an observer in the same home that another task started',
    {
      facts: { observers: [{ pid: 42, cwd: home }] },
      paths: [directory('/data/1/terran', { madeBy: '6' })],
    },
    `FATAL OBE11021 ob install pre check failed, maybe from another observer: pid 42 runs in ${home}`,
  ],
  [
    'parameters that another observer left',
    { facts: { leftovers: [`${home}/etc/observer.config.bin`] } },
    `FATAL OBE11021 ob install pre check failed, maybe from another observer: ${home}/etc/observer.config.bin is left over`,
  ],
  [
    'another address of this machine in the cluster',
    { twins: ['10.0.0.2'] },
    'FATAL CMP07010 10.0.0.1 and 10.0.0.2 are two addresses of one machine; a cluster needs a machine for each server',
  ],
  [
    'a clone of this machine in the cluster',
    { clones: ['10.0.0.2'] },
    'WARN CMP07010 10.0.0.2 is another machine with the same machine-id, as a clone has',
  ],
  [
    'a path on a mount that does not answer',
    { facts: { dead: ['/data/1'] } },
    'FATAL CMP07050 /data/1 lies on a mount that does not answer',
  ],
  [
    'an even number of zones',
    { cluster: { zones: clusterOf(['10.0.0.1', '10.0.0.2']).zones } },
    'WARN OBE18010 2 zones survive the loss of 0, no more than 1 would',
  ],
  [
    'a port that is taken',
    { facts: { listening: [{ port: 2881, pid: 5, command: 'mysqld', cwd: '/' }] } },
    'FATAL OBD-1001 port 2881 is taken by mysqld (pid 5)',
  ],
  [
    'one port for SQL and RPC',
    { cluster: { rpcPort: 2881 } },
    'FATAL OBE19017 SQL and RPC port are both 2881',
  ],
  [
    'one place for data and redo logs',
    { cluster: { paths: { install: home, data: '/data/1', log: '/data/1' } } },
    'FATAL OBD-1004 /data/1/terran is used twice',
  ],
  [
    'a file of others in the home',
    { facts: { foreign: `${home}/bin/observer` } },
    `FATAL OBD-1002 ${home} is not empty: ${home}/bin/observer is there`,
  ],
  [
    'a home of another user',
    { paths: [directory(home, { owner: 'dba' })] },
    `FATAL OBD-1002 ${home} belongs to dba, not to admin`,
  ],
  [
    "a home of root's where others may write above it",
    { paths: [directory(home, { owner: 'root', rootAlone: false })] },
    `FATAL OBD-1002 ${home} belongs to root, not to admin`,
  ],
  [
    'a home without leave to run programs',
    {
      facts: {
        disks: [
          {
            path: home,
            device: 'tmpfs',
            total: 200 * 2 ** 30,
            available: 150 * 2 ** 30,
            usedPercent: 1,
            options: ['rw', 'noexec'],
          },
        ],
      },
    },
    `FATAL OBD-1002 ${home} lies on tmpfs, which is mounted noexec: no program can run there`,
  ],
  [
    'no room for the package',
    {
      facts: {
        disks: [
          {
            path: home,
            device: 'tmpfs',
            total: 2 ** 27,
            available: 2 ** 27,
            usedPercent: 1,
            options: [],
          },
        ],
      },
    },
    `FATAL CMP07050 0.1 GiB are free for the package (${home}), 0.2 GiB are needed`,
  ],
  [
    'a full /var',
    {
      facts: {
        disks: [
          {
            path: '/var/lib/obflow',
            device: '/dev/vdv',
            total: 2 ** 30,
            available: 2 ** 20,
            usedPercent: 99,
            options: [],
          },
        ],
      },
    },
    'FATAL CMP07050 0.0 GiB are free for its file (/var/lib/obflow), 0.1 GiB are needed',
  ],
  [
    'a place where neither root nor the OS user can make a directory safely',
    {
      paths: [
        { ...directory('/data/1/terran'), kind: 'missing', ancestor: '/data/1', rootAlone: false },
      ],
      facts: { seen: [{ path: '/data/1/terran', ancestor: '/data/1', writable: false }] },
    },
    "FATAL OBD-1002 /data/1/terran cannot be made: /data/1 is neither root's alone nor writable for admin",
  ],
  [
    'a directory that is not empty',
    { paths: [directory('/data/1/terran/sstable', { entries: 1 })] },
    'FATAL OBD-1002 /data/1/terran/sstable is not empty',
  ],
  [
    'a directory of another user',
    { paths: [directory('/data/log1/terran/clog', { owner: 'root' })] },
    'FATAL OBD-1002 /data/log1/terran/clog belongs to root, not to admin',
  ],
  [
    'a file in the place of a directory',
    { paths: [{ ...directory('/data/1/terran'), kind: 'other' }] },
    'FATAL OBD-1002 /data/1/terran is there and is not a directory',
  ],
  [
    'a read-only disk',
    { paths: [{ ...directory('/data/1/terran/sstable'), writable: false }] },
    'FATAL OBD-1002 /data/1/terran/sstable cannot be made or written: /data/1/terran/sstable is no directory or is read-only',
  ],
  [
    'a way that the OS user may not go',
    { facts: { seen: [{ path: '/data/1/terran/sstable', ancestor: '/', writable: true }] } },
    'FATAL OBD-1002 user admin does not get to /data/1/terran/sstable: it sees nothing below /',
  ],
  [
    'another version of the package',
    { facts: { packages: ['oceanbase-3.2.4.1-1.el7.x86_64'] } },
    'FATAL PKG10012 oceanbase-3.2.4.1-1.el7.x86_64 is installed, oceanbase-4.2.1.8-108000022024072217.el7.x86_64 is wanted',
  ],
  ['a missing user', { facts: { userExists: false } }, 'FATAL CMP07037 user admin does not exist'],
  [
    'another architecture',
    { facts: { architecture: 'aarch64' } },
    'FATAL CMP07025 the host is aarch64, the package is x86_64',
  ],
  [
    'missing commands',
    { facts: { missingCommands: ['rpm', 'setsid'] } },
    'FATAL CMP07036 missing: rpm, setsid',
  ],
  ['too few cores', { facts: { cores: 1 } }, 'FATAL OBE19018 1 core, 2 are needed'],
  [
    'a processor without AVX',
    { facts: { features: [] } },
    'WARN OBD-2014 the processor has no AVX; many builds of observer need it',
  ],
  ['enforcing SELinux', { facts: { features: ['avx', 'selinux'] } }, 'WARN OBD-1017 is enforcing'],
  [
    'too little memory',
    { facts: { memory: { total: 4 * gib, available: 2 * gib, swap: 0 } } },
    'FATAL OBE19019 2.0 GiB are available, 3.0 GiB are needed',
  ],
  [
    'a memory_limit above what is available',
    { cluster: { startupParameters: [{ name: 'memory_limit', value: '64G' }] } },
    'FATAL OBE19019 memory_limit is 64.0 GiB, only 60.0 GiB are available',
  ],
  [
    'too little memory for the system_memory that is given by default',
    { facts: { memory: { total: 8 * gib, available: 4 * gib, swap: 0 } } },
    'FATAL OBE19019 system_memory is 5.0 GiB, only 4.0 GiB are available',
  ],
  [
    'a system_memory that leaves nothing',
    {
      cluster: {
        startupParameters: [
          { name: 'memory_limit', value: '8G' },
          { name: 'system_memory', value: '8192M' },
        ],
      },
    },
    'FATAL OBE19019 system_memory is not below memory_limit',
  ],
  [
    'a data file larger than its disk',
    { cluster: { startupParameters: [{ name: 'datafile_size', value: '1T' }] } },
    'FATAL CMP07050 800.0 GiB are free for data (/data/1), 1024.0 GiB are needed',
  ],
  [
    'an address of another host',
    { facts: { hasAddress: false } },
    'FATAL OBD-1010 no network device has the address 10.0.0.1',
  ],
  [
    'a peer that is up but cannot be reached',
    { facts: { peers: [{ ip: '10.0.0.2', reached: false }] } },
    'FATAL OBD-2007 10.0.0.2 is up, but does not answer to this host',
  ],
  [
    'a peer that is down',
    {
      facts: { peers: [{ ip: '10.0.0.2', reached: false }] },
      clocks: [{ ip: '10.0.0.1', offsetMs: 0, errorMs: 1 }],
    },
    'WARN OBD-2007 10.0.0.2 does not answer, neither to this host nor to the controller',
  ],
  [
    'clocks that are apart',
    {
      clocks: [
        { ip: '10.0.0.1', offsetMs: 200, errorMs: 3 },
        { ip: '10.0.0.2', offsetMs: 0, errorMs: 3 },
        { ip: '10.0.0.3', offsetMs: 1, errorMs: 3 },
      ],
    },
    "FATAL CMP07021 the clocks of the cluster's hosts are 200 ± 6 ms apart, 50 ms are allowed; against their median: 10.0.0.1 (this host) +199 ms, 10.0.0.2 -1 ms, 10.0.0.3 0 ms",
  ],
  [
    'clocks of which the network does not let one be sure',
    {
      clocks: [
        { ip: '10.0.0.1', offsetMs: 60, errorMs: 20 },
        { ip: '10.0.0.2', offsetMs: 0, errorMs: 3 },
      ],
    },
    "WARN CMP07021 the clocks of the cluster's hosts are 60 ± 23 ms apart, 50 ms are allowed; against their median: 10.0.0.1 (this host) +60 ms, 10.0.0.2 0 ms (the network is too slow to be sure)",
  ],
  [
    'too few open files',
    { facts: { limits: { ...limits, openFiles: 1024 } } },
    'FATAL OBD-1007 is 1024, at least 20000 are needed',
  ],
  [
    'fewer processes than recommended',
    { facts: { limits: { ...limits, processes: 4096 } } },
    'WARN OBD-1007 is 4096, recommended is 655360',
  ],
  [
    'asynchronous I/O that is used up',
    { facts: { kernel: { 'fs.aio-max-nr': 1_048_576, 'fs.aio-nr': 1_040_000 } } },
    'FATAL OBD-1011 8576 slots of asynchronous I/O are free, 20000 are needed',
  ],
  [
    'a kernel parameter out of its range',
    { facts: { kernel: { 'vm.swappiness': 60 } } },
    'WARN OBD-1017 is 60, it should be 0 to 10',
  ],
]

describe('a pre-check finds', () => {
  it.each(table)('%s', (_, changes, finding) => {
    expect(found(changes)).toContain(finding)
  })
})

describe('the facts of a host', () => {
  it('say nothing else where a mount does not answer', () => {
    const facts = parseFacts('peer\t10.0.0.2\tno\ndead\t/data/1\n')
    expect(judge({ ...situationWith(), facts }).map(({ item }) => item)).toEqual(['mounts'])
  })

  it('are read from lines of words divided by tabs', () => {
    const facts = parseFacts(
      [
        'architecture\tx86_64',
        'memory\tMemAvailable\t1024',
        'limits\t20000\tunlimited\t8192\t0',
        'listen\t2881\t7\tobserver\t/home/admin/oceanbase',
        'path\t/data/1/terran\tdirectory\t2\tadmin\t7\t/data/1/terran\tyes',
        'disk\t/data/1\t/dev/vdb\t1000\t900\t10',
        'peer\t10.0.0.2\tno',
      ].join('\n'),
    )
    expect(facts).toMatchObject({
      architecture: 'x86_64',
      memory: { available: 1_048_576 },
      limits: {
        openFiles: 20_000,
        processes: Number.POSITIVE_INFINITY,
        stackKiB: 8192,
        coreBlocks: 0,
      },
      listening: [{ port: 2881, pid: 7, command: 'observer', cwd: '/home/admin/oceanbase' }],
      paths: [
        {
          path: '/data/1/terran',
          kind: 'directory',
          entries: 2,
          owner: 'admin',
          madeBy: '7',
          writable: true,
        },
      ],
      disks: [{ device: '/dev/vdb', available: 921_600, usedPercent: 10 }],
      peers: [{ ip: '10.0.0.2', reached: false }],
      userExists: false,
    })
  })
})

describe('answers about clocks', () => {
  const first = { ip: '10.0.0.1', offsetMs: 0, errorMs: 1 }

  it('of one host: the quickest counts, and one that was not repeated still does', () => {
    const slow = { ip: '10.0.0.2', offsetMs: 150, errorMs: 120 }
    const quick = { ip: '10.0.0.2', offsetMs: 199, errorMs: 3 }
    expect(truest([first, slow, quick, { ...slow, errorMs: 90 }])).toEqual([first, quick])
  })
  it.each([
    ['near each other', 20, 5, false],
    ['near the limit', 40, 5, true],
    ['apart, as far as a slow answer tells', 200, 160, true],
    ['surely apart', 200, 20, false],
  ])('%s', (_, offsetMs, errorMs, doubtful) => {
    expect(areDoubtful([first, { ip: '10.0.0.2', offsetMs, errorMs }])).toBe(doubtful)
  })
})
