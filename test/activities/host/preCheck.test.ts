import { describe, expect, it } from 'vitest'
import { inEnglish } from '../../../src/errors/say.ts'
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

/** A host with so much memory, all but a little of it free. */
const memory = (total: number, available = total * 0.97) => ({
  total: total * gib,
  free: available * gib,
  cached: 0,
  available: available * gib,
  swap: 0,
})

const parameters = (values: Readonly<Record<string, string>>) => ({
  startupParameters: Object.entries(values).map(([name, value]) => ({ name, value })),
})

/** Disks of 900 GiB and 400 GiB with so much free, or one of 900 GiB. */
const disks = (data: number, log: number, logDevice = '/dev/vdc') => {
  const disk = (path: string, device: string, total: number, free: number) => ({
    path,
    device,
    total: total * gib,
    used: (total - free) * gib,
    available: free * gib,
    usedPercent: 1,
    options: [],
  })
  const logTotal = logDevice === '/dev/vdc' ? 400 : 900
  return [disk('/data/1', '/dev/vdb', 900, data), disk('/data/log1', logDevice, logTotal, log)]
}

/** One clock so far ahead of two others. */
const clocks = (ahead: number, errorMs: number) => [
  { ip: '10.0.0.1', offsetMs: ahead, errorMs },
  { ip: '10.0.0.2', offsetMs: 0, errorMs },
  { ip: '10.0.0.3', offsetMs: 1, errorMs },
]

const found = (changes: Changes): string[] =>
  judge(situationWith(changes)).map(
    ({ level, code, message }) => `${level} ${code} ${inEnglish(message)}`,
  )

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
        memory: { total: 64 * gib, free: gib, cached: 0, available: gib, swap: 0 },
      },
    }
    expect(found(again)).toEqual([])
  })

  it('finds nothing wrong with an agent that runs since the host was prepared', () => {
    expect(
      found({ facts: { listening: [{ port: 62888, pid: 9, command: 'ocp_mgragent', cwd: '/' }] } }),
    ).toEqual([])
  })

  it.each([
    ['4.2.1.8 on 8 GiB, with what the observer chooses by itself', '4.2.1.8', memory(8)],
    ['2.2.73 on 8 GiB, with the system_memory of OCP', '2.2.73', memory(8)],
    ['4.2.1.8 on 256 GiB', '4.2.1.8', memory(256)],
  ])('refuses no memory for %s', (_, version, its) => {
    const fatal = judge(situationWith({ cluster: { version }, facts: { memory: its } })).filter(
      ({ level }) => level === 'FATAL',
    )
    expect(fatal).toEqual([])
  })

  it.each([
    [
      'a processor without AVX where the build does without',
      { facts: { features: [] }, cluster: { version: '4.2.5.6' } },
    ],
    [
      'an ARM processor without atomics where the build does without',
      {
        facts: { architecture: 'aarch64', features: [] },
        release: '101000012024.nonlse.el7',
      },
    ],
    [
      'an address that is not the first of its device from 4.2 on',
      { facts: { device: { name: 'bond0', first: '10.0.0.9' } } },
    ],
    [
      'a listener of another pre-check',
      { facts: { listening: [{ port: 2882, pid: 9, command: 'obflow-listen', cwd: '/' }] } },
    ],
    ['hidden parameters', { cluster: parameters({ _rpc_checksum: 'Force' }) }],
    [
      'an evenly shared disk of 3.x that has room',
      { cluster: { version: '3.1.5' }, facts: { disks: disks(890, 890, '/dev/vdb') } },
    ],
  ])('does not mind %s', (_, changes: Changes) => {
    const codes = new Set(['OBD-2014', 'OBD-1010', 'OBD-1001', 'CMP07050'])
    const items = judge(situationWith(changes)).filter(
      ({ code, item, message }) =>
        (codes.has(code) && !inEnglish(message).startsWith('the host is')) ||
        inEnglish(item) === 'startupParameters',
    )
    expect(items).toEqual([])
  })

  it('tells all findings of a host at once, the fatal ones first', () => {
    const levels = judge(
      situationWith({ facts: { cores: 1, features: ['thp'], hasAddress: false } }),
    ).map(({ level }) => level)
    expect(levels).toEqual(['FATAL', 'FATAL', 'WARN', 'WARN'])
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
            used: 2 ** 30,
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
            used: 0,
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
            used: 2 ** 30 - 2 ** 20,
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
  [
    'what the package needs and no package of the host provides',
    { facts: { missingNeeds: ['jq'] } },
    'FATAL PKG10014 oceanbase-4.2.1.8-108000022024072217.el7.x86_64 needs jq, which no package provides',
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
  ['too few cores', { facts: { cores: 1 } }, 'WARN OBE19018 cores: 1; 2 are asked for'],
  [
    'cores that a cgroup takes away',
    { facts: { cgroup: { memory: Number.POSITIVE_INFINITY, cores: 1.5 } } },
    'WARN OBE19018 1.5 of 16 cores, by the limit of a cgroup; 2 are asked for',
  ],
  [
    'a processor without AVX',
    { facts: { features: [] } },
    'FATAL OBD-2014 the processor has no AVX, which OceanBase 4.2.1.8 needs',
  ],
  [
    'an ARM processor without atomics',
    { facts: { architecture: 'aarch64', features: [] } },
    'FATAL OBD-2014 the processor has no atomics (LSE), which the package needs',
  ],
  ['enforcing SELinux', { facts: { features: ['avx', 'selinux'] } }, 'WARN OBD-1017 is enforcing'],
  [
    'too little memory available',
    { facts: { memory: memory(64, 2) } },
    'FATAL OBE19019 2.0 GiB are available, 3.0 GiB are needed',
  ],
  [
    'a memory_limit above what is free',
    { cluster: parameters({ memory_limit: '64G' }) },
    'FATAL OBE19019 memory_limit is 64.0 GiB; only 62.0 GiB are free or page cache',
  ],
  [
    'a memory_limit that takes from the page cache',
    { cluster: parameters({ memory_limit: '61G' }) },
    'WARN OBE19019 memory_limit is 61.0 GiB; 60.0 GiB are free, 2.0 GiB are page cache',
  ],
  [
    'a host too small for any observer',
    { facts: { memory: memory(4.5) } },
    'FATAL OBE19019 memory_limit would be 3.6 GiB (80 % of 4.5 GiB); 4.0 GiB are needed',
  ],
  [
    'a host that leaves tenants of 4.2.1 too little',
    { facts: { memory: memory(7) } },
    'FATAL OBE19019 memory_limit would be 5.6 GiB (80 % of 7.0 GiB) and system_memory 1.0 GiB, which leaves 4.6 GiB for tenants; 5.0 GiB are needed',
  ],
  [
    'a posted system_memory that leaves them too little on 8 GiB',
    { facts: { memory: memory(8) }, cluster: parameters({ system_memory: '5G' }) },
    'FATAL OBE19019 memory_limit would be 6.4 GiB (80 % of 8.0 GiB) and system_memory 5.0 GiB, which leaves 1.4 GiB for tenants; 5.0 GiB are needed',
  ],
  [
    'a system_memory below that of sys',
    { cluster: parameters({ system_memory: '512M' }) },
    'FATAL OBE19019 system_memory is 0.5 GiB; 1.0 GiB are needed',
  ],
  [
    'the 30 GiB of 3.x where other parameters were posted, but not system_memory',
    {
      facts: { memory: memory(16) },
      cluster: { version: '3.1.5', ...parameters({ datafile_size: '100G' }) },
    },
    'FATAL OBE19019 memory_limit would be 12.8 GiB (80 % of 16.0 GiB) and system_memory 30.0 GiB, which leaves nothing for tenants',
  ],
  [
    'a system_memory that takes most of it',
    {
      facts: { memory: memory(8) },
      cluster: { version: '3.1.5', ...parameters({ system_memory: '5G' }) },
    },
    'WARN OBE19019 system_memory takes more than three quarters of memory_limit',
  ],
  [
    'a cgroup that observer does not see',
    { facts: { cgroup: { memory: 16 * gib, cores: 8 } } },
    "FATAL OBE19019 memory_limit would be 51.2 GiB (80 % of 64.0 GiB); a cgroup limits this host's processes to 16.0 GiB, which observer does not see",
  ],
  [
    'a data file larger than its disk',
    { cluster: parameters({ datafile_size: '1T' }) },
    'FATAL CMP07050 880.0 GiB are free for data (/data/1), 1028.0 GiB are needed',
  ],
  [
    'a data disk that is used too much for the data file that observer makes by itself',
    { facts: { disks: disks(800, 390) } },
    'FATAL CMP07050 800.0 GiB are free for data (/data/1), 810.4 GiB are needed',
  ],
  [
    'a redo disk that is used too much',
    { facts: { disks: disks(880, 350) } },
    'FATAL CMP07050 350.0 GiB are free for redo logs (/data/log1), 356.4 GiB are needed',
  ],
  [
    'one disk that is used too much for both',
    { facts: { disks: disks(790, 790, '/dev/vdb') } },
    'FATAL CMP07050 790.0 GiB are free for data (/data/1), redo logs (/data/log1), 810.4 GiB are needed',
  ],
  [
    'one disk on which redo logs of 3.x would stop',
    { cluster: { version: '3.1.5' }, facts: { disks: disks(830, 830, '/dev/vdb') } },
    'FATAL CMP07050 data would fill /dev/vdb to 98 %; from 95 % on no redo logs are written there',
  ],
  [
    'a log_disk_size below what sys takes',
    { cluster: parameters({ log_disk_size: '6G' }) },
    'FATAL CMP07050 redo logs would get 6.0 GiB, the sys tenant alone needs 8.0 GiB',
  ],
  [
    'a parameter that no observer of the line knows',
    { cluster: parameters({ memory_limits: '12G' }) },
    'WARN OBD-1017 memory_limits is no parameter known of OceanBase 4.2–4.x, and observer ignores what it does not know; is memory_limit meant?',
  ],
  [
    'an address of another host',
    { facts: { hasAddress: false } },
    'FATAL OBD-1010 no network device has the address 10.0.0.1',
  ],
  [
    'an address that is not the first of its device, before 4.2',
    { cluster: { version: '3.1.5' }, facts: { device: { name: 'bond0', first: '10.0.0.9' } } },
    'FATAL OBD-1010 OceanBase 3.1.5 takes the first address of a device: 10.0.0.9 of bond0, not 10.0.0.1',
  ],
  [
    'an RPC port that another host does not reach',
    { ways: [{ from: '10.0.0.2', port: 2882, reached: false }] },
    'FATAL OBD-2007 10.0.0.2 does not reach port 2882 of 10.0.0.1',
  ],
  [
    'a SQL port that another host does not reach',
    { ways: [{ from: '10.0.0.2', port: 2881, reached: false }] },
    'WARN OBD-2007 10.0.0.2 does not reach port 2881 of 10.0.0.1',
  ],
  [
    'nothing that could listen',
    { ways: undefined },
    'WARN OBD-2007 neither python nor perl is there to listen for a moment, so other hosts could not be asked whether they reach this one',
  ],
  [
    'a peer that is down',
    { silent: ['10.0.0.2'] },
    'WARN OBD-2007 10.0.0.2 does not answer: neither its clock nor its way here is known',
  ],
  [
    'clocks that are too far apart',
    { clocks: clocks(600, 3) },
    "FATAL CMP07021 the clocks of the cluster's hosts are 600 ± 6 ms apart, 500 ms are allowed; against their median: 10.0.0.1 (this host) +599 ms, 10.0.0.2 -1 ms, 10.0.0.3 0 ms",
  ],
  [
    'clocks that are too far apart for 3.x',
    { clocks: clocks(250, 3), cluster: { version: '3.1.5' } },
    "FATAL CMP07021 the clocks of the cluster's hosts are 250 ± 6 ms apart, 200 ms are allowed; against their median: 10.0.0.1 (this host) +249 ms, 10.0.0.2 -1 ms, 10.0.0.3 0 ms",
  ],
  [
    'clocks that are further apart than is good',
    { clocks: clocks(200, 3) },
    "WARN CMP07021 the clocks of the cluster's hosts are 200 ± 6 ms apart, 50 ms are recommended; against their median: 10.0.0.1 (this host) +199 ms, 10.0.0.2 -1 ms, 10.0.0.3 0 ms",
  ],
  [
    'clocks of which the network does not let one be sure',
    {
      clocks: [
        { ip: '10.0.0.1', offsetMs: 60, errorMs: 20 },
        { ip: '10.0.0.2', offsetMs: 0, errorMs: 3 },
      ],
    },
    "WARN CMP07021 the clocks of the cluster's hosts are 60 ± 23 ms apart, 50 ms are recommended; against their median: 10.0.0.1 (this host) +60 ms, 10.0.0.2 0 ms (the network is too slow to be sure)",
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
    const facts = parseFacts('dead\t/data/1\n')
    expect(judge({ ...situationWith(), facts }).map(({ item }) => inEnglish(item))).toEqual([
      'mounts',
    ])
  })

  it('are read from lines of words divided by tabs', () => {
    const facts = parseFacts(
      [
        'architecture\tx86_64',
        'memory\tMemAvailable\t1024',
        'limits\t20000\tunlimited\t8192\t0',
        'listen\t2881\t7\tobserver\t/home/admin/oceanbase',
        'path\t/data/1/terran\tdirectory\t2\tadmin\t7\t/data/1/terran\tyes',
        'disk\t/data/1\t/dev/vdb\t1000\t60\t900\t10',
        'cgroup\tmemory\t9223372036854771712',
        'cgroup\tmemory\t1024',
        'cgroup\tcpu\t150000\t100000',
        'device\teth0\t10.0.0.1',
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
      disks: [{ device: '/dev/vdb', used: 61_440, available: 921_600, usedPercent: 10 }],
      cgroup: { memory: 1024, cores: 1.5 },
      device: { name: 'eth0', first: '10.0.0.1' },
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
    ['surely further apart than is good', 200, 20, false],
    ['near what is allowed', 400, 20, true],
    ['surely too far apart', 600, 20, false],
  ])('%s', (_, offsetMs, errorMs, doubtful) => {
    expect(areDoubtful([first, { ip: '10.0.0.2', offsetMs, errorMs }], 500)).toBe(doubtful)
  })
})
