import { describe, expect, it } from 'vitest'
import { type Disk, diskOf, memoryOf, StartError } from '../../lab/observer/settings.ts'
import type { Version } from '../../lab/observer/versionLine.ts'

const giB = 2 ** 30
const version = (full: string): Version => {
  const [major = 0, minor = 0, patch = 0] = full.split('.').map(Number)
  return {
    full,
    line: major >= 4 ? '4.x' : major === 3 ? '3.x' : '2.2',
    localIpFlag: major >= 4 && minor >= 2,
    reservesPool: major === 4 && (minor > 2 || (minor === 2 && patch >= 1)),
    mysqlVersion: '',
  }
}

/** What was budgeted in GiB, or the number of the refusal. */
const outcome = (work: () => object): unknown => {
  try {
    return Object.fromEntries(
      Object.entries(work()).map(([name, bytes]) => [name, Number(bytes) / giB]),
    )
  } catch (error) {
    if (error instanceof StartError) return error.errno
    throw error
  }
}

// Source: K4.2.5 share/config/ob_server_config.cpp, K3.1 observer/ob_server.cpp.
describe('memory of an observer', () => {
  it.each([
    ['4.2.1.8', 8, {}, { memoryLimit: 6.4, systemMemory: 1 }],
    ['4.2.1.8', 7.4, {}, 4147],
    ['4.2.1.8', 8, { system_memory: '5G' }, 4147],
    ['4.2.1.8', 8, { system_memory: '512M' }, 4147],
    ['4.2.1.8', 8, { memory_limit: '3G' }, 4147],
    [
      '4.2.1.8',
      6,
      { memory_limit: '5G', system_memory: '1G', __min_full_resource_pool_memory: '1073741824' },
      { memoryLimit: 5, systemMemory: 1 },
    ],
    ['4.2.5.1', 64, {}, { memoryLimit: 51.2, systemMemory: 7 }],
    ['4.2.5.1', 256, {}, { memoryLimit: 204.8, systemMemory: 16.384 }],
    ['4.1.0.2', 8, { system_memory: '5G' }, { memoryLimit: 6.4, systemMemory: 5 }],
    ['4.1.0.2', 8, {}, { memoryLimit: 6.4, systemMemory: 2 }],
    ['3.1.5', 8, { system_memory: '5G' }, { memoryLimit: 6.4, systemMemory: 5 }],
    ['3.1.5', 4, { system_memory: '1G' }, 4624],
    ['2.2.73', 16, {}, 4147],
  ])('%s on a host of %d GiB with %j: %j', (full, total, settings, expected) => {
    const got = outcome(() => memoryOf(settings, version(full), total * giB))
    if (typeof expected === 'number') expect(got).toBe(expected)
    else
      for (const [name, value] of Object.entries(expected))
        expect(got).toHaveProperty(name, expect.closeTo(value, 3))
  })
})

// Source: K4.2.5 observer/ob_server_utils.cpp cal_all_part_disk_default_percentage.
describe('disks of an observer', () => {
  const disk = (device: string, free: number): Disk => ({
    device,
    total: 100 * giB,
    free: free * giB,
  })
  it.each([
    ['own disks', '4.2.1.8', disk('a', 95), disk('b', 95), {}, { dataDisk: 90, logDisk: 90 }],
    ['one disk', '4.2.1.8', disk('a', 95), disk('a', 95), {}, { dataDisk: 60, logDisk: 30 }],
    ['a data disk that is used', '4.2.1.8', disk('a', 89), disk('b', 95), {}, 4184],
    ['a log disk that is used', '4.2.1.8', disk('a', 95), disk('b', 89), {}, 4184],
    [
      'a used log disk before 4.x',
      '3.1.5',
      disk('a', 95),
      disk('b', 20),
      {},
      { dataDisk: 90, logDisk: 90 },
    ],
    [
      'posted sizes',
      '4.2.1.8',
      disk('a', 40),
      disk('a', 40),
      { datafile_size: '20G', log_disk_size: '15G' },
      { dataDisk: 20, logDisk: 15 },
    ],
    [
      'a posted size too large',
      '4.2.1.8',
      disk('a', 40),
      disk('b', 95),
      { datafile_size: '50G' },
      4184,
    ],
  ])('%s', (_, full, data, log, settings, expected) => {
    expect(outcome(() => diskOf(settings, version(full), { data, log, isNew: true }))).toEqual(
      expected,
    )
  })

  it('a store that is there already takes nothing more', () => {
    const disks = { data: disk('a', 1), log: disk('b', 1), isNew: false }
    expect(outcome(() => diskOf({}, version('4.2.1.8'), disks))).toEqual({
      dataDisk: 90,
      logDisk: 90,
    })
  })
})
