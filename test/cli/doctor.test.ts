import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { doctor } from '../../src/cli/doctor/doctor.ts'
import { type DoctorFlags, doctorOptions } from '../../src/cli/doctor/options.ts'
import { readConfig } from '../../src/config.ts'
import { openConfiguredStore } from '../../src/store/index.ts'
import { rpmFile } from '../api/rpmFile.ts'
import { startSshd, type TestSshd } from '../host/sshd.ts'
import { creator, packageNamed } from '../store/inventory.ts'
import { testOperations } from '../store/operations.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'

let sshd: TestSshd
let directory: Awaited<ReturnType<typeof mkdtempDisposable>>
let flags: DoctorFlags
beforeAll(async () => {
  sshd = await startSshd()
  directory = await mkdtempDisposable(join(tmpdir(), 'obflow-doctor-'))
  const { login, sshPort } = sshd.access()
  const key = join(directory.path, 'key')
  await writeFile(key, login.secret.reveal(), { mode: 0o600 })
  const home = '/home/admin/oceanbase'
  await writeFile(
    join(directory.path, 'oceanbase-ce.rpm'),
    rpmFile(
      {
        name: 'oceanbase-ce',
        version: '4.2.1.8',
        release: '1.el7',
        arch: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
        prefix: home,
        files: [
          `${home}/bin/observer`,
          `${home}/bin/import_time_zone_info.py`,
          '/usr/lib/oceanbase.service',
        ],
        requires: [
          ['oceanbase-ce-libs', '4.2.1.8'],
          ['jq'],
          ['rpmlib(CompressedFileNames)', '3.0.4'],
        ],
      },
      10,
    ),
  )
  flags = {
    hosts: '127.0.0.1',
    key,
    port: String(sshPort),
    package: [join(directory.path, 'oceanbase-ce.rpm')],
    'install-path': '/opt/ob',
  }
})
afterAll(async () => {
  await sshd.stop()
  await directory[Symbol.asyncDispose]()
})

const run = async (changes: DoctorFlags = {}, env: NodeJS.ProcessEnv = {}) => {
  let text = ''
  const good = await doctor(
    { ...flags, ...changes },
    {
      env,
      color: false,
      out: (more) => {
        text += more
      },
    },
  )
  return { good, text }
}

const reportShape = z.object({
  packages: z.array(
    z.object({ programs: z.record(z.string(), z.string()), requires: z.array(z.string()) }),
  ),
  hosts: z.array(
    z.object({
      host: z.string(),
      memory: z.object({ total: z.number(), memoryLimit: z.number(), systemMemory: z.number() }),
      store: z.object({ datafileSize: z.number() }),
      start: z.object({ command: z.string() }),
      findings: z.array(z.object({ level: z.string(), message: z.string() })),
    }),
  ),
  unreached: z.array(z.object({ host: z.string(), reason: z.string() })),
})

describe('obflow doctor', () => {
  test('says what it would find, choose and do on a host, as JSON', async () => {
    const { text } = await run({
      output: 'json',
      parameter: ['memory_limit=6G', 'datafile_size=20G'],
    })
    const { hosts, packages } = reportShape.parse(JSON.parse(text))
    expect(packages).toEqual([
      {
        programs: {
          observer: '/opt/ob/bin/observer',
          'import_time_zone_info.py': '/opt/ob/bin/import_time_zone_info.py',
        },
        requires: ['oceanbase-ce-libs = 4.2.1.8', 'jq'],
      },
    ])
    expect(hosts).toHaveLength(1)
    expect(hosts[0]).toMatchObject({
      host: '127.0.0.1',
      memory: { memoryLimit: 6 * 2 ** 30, systemMemory: 2 ** 30 },
      store: { datafileSize: 20 * 2 ** 30 },
    })
    expect(hosts[0]?.start.command).toMatch(
      /^cd \/opt\/ob && bin\/observer -I 127\.0\.0\.1 -r .* -o 'memory_limit=6G,datafile_size=20G,/,
    )
    expect(hosts[0]?.findings.map(({ message }) => message)).toContain('user admin does not exist')
  })

  test('says the same in words, and gives away no key', async () => {
    const { good, text } = await run()
    expect(good).toBe(false)
    expect(text).toContain('oceanbase-ce-4.2.1.8-1.el7.')
    expect(text).toContain('rules of     OceanBase 4.2–4.x')
    expect(text).toContain('oceanbase-ce-libs = 4.2.1.8 is required too: give its file as well')
    expect(text).toMatch(/ {2}memory {7}[\d.]+ GiB, [\d.]+ GiB available; memory_limit/)
    expect(text).toContain('FATAL CMP07037 OS user: user admin does not exist; useradd')
    for (const line of sshd.access().login.secret.reveal().trim().split('\n'))
      expect(text).not.toContain(line)
  })

  test('names a host that it does not get to, and looks at the others', async () => {
    const { text } = await run({ hosts: '127.0.0.1,127.0.0.9', output: 'json' })
    const { hosts, unreached } = reportShape.parse(JSON.parse(text))
    expect([hosts.map(({ host }) => host), unreached.map(({ host }) => host)]).toEqual([
      ['127.0.0.1'],
      ['127.0.0.9'],
    ])
  })

  test('takes hosts, their logins and packages from the store by their ids, and leaves it as it was', async () => {
    const dataDir = join(directory.path, 'store')
    const env = { OBFLOW_DATA_DIR: dataDir }
    await placeEmptyDatabase(dataDir)
    const { username, sshPort, login } = sshd.access()
    const open = () => openConfiguredStore(readConfig(env))
    const store = await open()
    await store.regions.create({ name: 'hangzhou' })
    await store.idcs.create({ name: 'hz2', regionId: 1 })
    await store.credentials.create({
      name: 'root',
      targetType: 'HOST',
      type: 'PRIVATE_KEY',
      username,
      passphrase: login.secret,
      owner: creator,
    })
    const { hostIds } = await testOperations(store).acceptHosts({
      hosts: [{ innerIpAddress: '127.0.0.1' }],
      sshPort,
      kind: 'DEDICATED_PHYSICAL_MACHINE',
      idcId: 1,
      credentialId: 1,
      creator,
    })
    await store.packages.create({
      ...packageNamed('oceanbase-ce-4.2.1.8-1.el7.x86_64.rpm'),
      path: join(directory.path, 'oceanbase-ce.rpm'),
    })
    await store.close()
    const byIds = { hosts: hostIds.join(), package: ['1'] }
    const { text } = await run({ ...byIds, output: 'json' }, env)
    const { hosts, packages, unreached } = reportShape.parse(JSON.parse(text))
    expect([hosts.map(({ host }) => host), unreached]).toEqual([['127.0.0.1'], []])
    expect(packages[0]?.programs).toHaveProperty('observer', '/opt/ob/bin/observer')
    expect(text).not.toContain(login.secret.reveal().slice(100, 140))
    await expect(run({ ...byIds, package: ['7'] }, env)).rejects.toThrow('no package 7')
    // A look pins no host key and takes no lock that outlives it.
    const again = await open()
    expect((await again.hosts.access(1)).hostKey).toBeUndefined()
    await again.close()
  })

  test('says that a version is not supported, and asks no host', async () => {
    const path = join(directory.path, 'five.rpm')
    const five = { name: 'oceanbase-ce', version: '5.0.1.0', release: '1.el8', arch: 'x86_64' }
    await writeFile(path, rpmFile(five))
    const { good, text } = await run({ package: [path] })
    expect(good).toBe(false)
    expect(text).toContain('refused      OceanBase version "5.0.1.0" is not supported')
    expect(text).not.toContain('memory_limit')
  })

  test.each([
    [{ hosts: '' }, 'needs --hosts'],
    [{ hosts: '10.0.0.1,10.0.0.1' }, 'names a host twice'],
    [{ hosts: '10.0.0.1', key: 'k' }, 'needs --package'],
    [{ hosts: '10.0.0.1', package: ['x.rpm'] }, 'needs --key'],
    [{ hosts: '1', package: ['1'], parameter: ['memory_limit'] }, 'is NAME=VALUE'],
    [{ hosts: '1', package: ['1'], 'sql-port': '0' }, '--sql-port is a port'],
    [{ hosts: '1', package: ['1'], 'data-path': 'data' }, 'is an absolute path'],
    [{ hosts: '1', package: ['1'], output: 'xml' }, 'is text or json'],
  ])('tells a wrong use of it: %j', (wrong: DoctorFlags, message) => {
    expect(() => doctorOptions(wrong)).toThrow(message)
  })
})
