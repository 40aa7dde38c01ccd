import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { cluster } from '../../src/api/schemas/clusters.ts'
import { accessKey, auditedCall, user } from '../../src/api/schemas/iam.ts'
import { credential, host, idc, region, softwarePackage } from '../../src/api/schemas/inventory.ts'
import { obproxyCluster } from '../../src/api/schemas/obproxy.ts'
import { basicTask } from '../../src/api/schemas/tasks.ts'
import { say } from '../../src/errors/say.ts'
import request from '../api/fixtures/createRequest.json' with { type: 'json' }
import { rpmFile } from '../api/rpmFile.ts'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'
import { type ServedApi, serveApi, succeed, whileWorking } from './served.ts'

let served: ServedApi
let created: { id: number; tasks: { id: number; name: string }[] }
beforeAll(async () => {
  served = await serveApi()
})
afterAll(() => served?.close())
const task = z.object({
  id: z.number(),
  tasks: z.array(z.object({ id: z.number(), name: z.string() })),
})
beforeEach(async () => {
  const { api } = served
  await api.reset()
  await addHosts(api.store, 2)
  await api.store.packages.create(packageNamed(sampleRpm))
  created = task.parse((await api.post('/api/v2/ob/clusters', request)).data)
  await api.post('/api/v2/obproxy/clusters', { name: 'odp', workMode: 'CONFIG_URL' })
  await api.post('/api/v2/profiles/me/accessKeys', {})
  await api.launcher.settled()
})

const lists = [
  ['cluster', cluster, 'terran'],
  ['host', host, '10.0.0.1'],
  ['package', softwarePackage, sampleRpm],
  ['task', basicTask, 'Create primary OB cluster'],
  ['obproxy', obproxyCluster, 'odp'],
  ['credential', credential, 'root'],
  ['region', region, 'hangzhou'],
  ['idc', idc, 'hz2'],
  ['user', user, 'admin'],
  ['access-key', accessKey, '20'],
  ['audit', auditedCall, 'createObCluster'],
] as const

describe.each(lists)('obflow %s ls', (kind, item, known) => {
  it('prints what the API has, in each form', async () => {
    const { obflow } = served
    const json = await obflow(kind, 'ls', '-o', 'json')
    expect([json.code, json.stderr]).toEqual([0, ''])
    const items = z.array(item).min(1).parse(JSON.parse(json.stdout))
    // A second look is a call that is written down, too.
    if (kind !== 'audit')
      expect(parse((await obflow(kind, 'ls', '-o', 'yaml')).stdout)).toEqual(items)
    const [head = '', ...rows] = (await obflow(kind, 'ls')).stdout.trimEnd().split('\n')
    expect(head).toBe(head.toUpperCase())
    expect(rows.join('\n')).toContain(known)
    const wide = (await obflow(kind, 'ls', '-o', 'wide')).stdout.split('\n')[0] ?? ''
    expect(wide.startsWith(head.split('  ')[0] ?? '')).toBe(true)
    const names = (await obflow(kind, 'ls', '-o', 'name')).stdout.trimEnd().split('\n')
    expect(names.every((name) => /^\S.*$/.test(name))).toBe(true)
    expect(
      (await obflow(kind, 'ls', '-o', 'name', '--limit', '1')).stdout.split('\n'),
    ).toHaveLength(2)
  })
})

describe('one of a kind', () => {
  it.each([
    ['cluster', 'terran', '1'],
    ['host', '10.0.0.2', '2'],
    ['package', sampleRpm, '1'],
    ['obproxy', 'odp', '1'],
    ['credential', 'root', '1'],
    ['region', 'hangzhou', '1'],
    ['idc', 'hz2', '1'],
    ['user', 'admin', '100'],
  ])('%s is found by its name and by its id', async (kind, name, id) => {
    const byName = await served.obflow(kind, 'show', name, '-o', 'json')
    const byId = await served.obflow(kind, 'show', id, '-o', 'json')
    expect(byName.code).toBe(0)
    expect(JSON.parse(byName.stdout)).toMatchObject({ id: Number(id) })
    expect(byId).toEqual(byName)
    expect((await served.obflow(kind, 'show', name)).stdout).toContain(name)
  })

  it('that is not there is said so, with the command that lists them', async () => {
    expect(await served.obflow('host', 'show', '10.9.9.9')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'There is no host "10.9.9.9": obflow host ls lists them. "obflow help" tells more.\n',
    })
  })

  it('is removed by name, after a question that a script answers with --yes', async () => {
    const refused = await served.obflow('user', 'rm', 'nobody')
    expect(refused.code).toBe(2)
    await served.api.post('/api/v2/iam/users', { username: 'alice', password: 'Change-me-2' })
    const asked = await served.obflow('user', 'rm', 'alice')
    expect([asked.code, asked.stderr]).toEqual([
      2,
      'Nobody can be asked here: add --yes to go on. "obflow help" tells more.\n',
    ])
    expect(await served.obflow('user', 'rm', 'alice', '--yes')).toMatchObject({ code: 0 })
    expect((await served.obflow('user', 'ls', '-o', 'name')).stdout).toBe('admin\n')
  })

  it('that the API keeps is not removed, and the reason is told', async () => {
    const { code, stderr } = await served.obflow('region', 'rm', 'hangzhou', '--yes')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^The API says: .* \(COM10005\)\nhttp:\S+\/api\/v2\/docs\/codes#com10005\n$/,
    )
  })
})

describe('what is added', () => {
  it('comes from arguments and files, and secrets never from arguments', async () => {
    const { cwd, obflow } = served
    await writeFile(join(cwd, 'password.txt'), 'Change-me-2\nsecond line')
    await writeFile(
      join(cwd, 'vim-9.rpm'),
      rpmFile({ name: 'vim', version: '9.0', release: '1.el7', arch: 'x86_64' }),
    )
    const agent = 'obagent-4.2.2-100000042024011120.el7.x86_64.rpm'
    const rpm = {
      name: 'obagent',
      version: '4.2.2',
      release: '100000042024011120.el7',
      arch: 'x86_64',
    }
    await writeFile(join(cwd, agent), rpmFile(rpm))
    const each = [
      await obflow('region', 'add', 'shanghai', '-q'),
      await obflow('idc', 'add', 'sh1', '--region', 'shanghai', '-q'),
      await obflow(
        'credential',
        'add',
        'ops',
        '--user',
        'ops',
        '--password-file',
        'password.txt',
        '-q',
      ),
      await obflow(
        'user',
        'add',
        'bob',
        '--role',
        'CLUSTER_VIEWER',
        '--password-file',
        'password.txt',
        '-q',
      ),
      await obflow('user', 'roles', 'bob', 'CLUSTER_MANAGER', 'PROFILE', '-q'),
      await obflow('package', 'add', agent, '-o', 'name'),
    ]
    expect(each.map(({ code, stderr }) => [code, stderr])).toEqual(each.map(() => [0, '']))
    expect(each[5]?.stdout).toBe(`${agent}\n`)
    expect((await obflow('user', 'show', 'bob', '-o', 'json')).stdout).toContain('CLUSTER_MANAGER')
    const host = await obflow(
      'host',
      'add',
      '10.5.0.1',
      '--idc',
      'sh1',
      '--credential',
      'ops',
      '--detach',
    )
    expect([host.code, host.stderr]).toEqual([
      0,
      expect.stringMatching(/^Accepted; obflow task watch \d+ shows it.\n$/),
    ])
    expect(await obflow('package', 'add', 'vim-9.rpm')).toMatchObject({ code: 1 })
    expect((await obflow('package', 'add', 'none.rpm')).stderr).toContain(
      'There is no file none.rpm.',
    )
    const key = JSON.parse((await obflow('access-key', 'add', '-o', 'json')).stdout)
    expect(key.accessKeySecret).toMatch(/^[0-9a-f]{32}$/)
  })

  it('a cluster can be asked about, and its task be left alone', async () => {
    const { api, cwd, obflow } = served
    await writeFile(join(cwd, 'root.txt'), 'Aa11--gateway\n')
    const words = [
      'cluster',
      'create',
      'zerg',
      '--zone',
      'zone1=10.0.0.2',
      '--password-file',
      'root.txt',
    ]
    expect(await obflow(...words, '--dry-run')).toMatchObject({
      code: 0,
      stdout: 'It would be created.\n',
    })
    expect(api.looks.at(-1)?.cluster.zones).toMatchObject([{ name: 'zone1' }])
    const made = await obflow(...words, '--parameter', 'memory_limit=16G', '--detach')
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('Accepted')])
    expect((await obflow('cluster', 'ls', '-o', 'name')).stdout).toBe('zerg\nterran\n')
    const again = await obflow(...words, '--dry-run')
    expect([again.code, again.stdout]).toEqual([1, expect.stringContaining('✖ OBE11014')])
  })

  it('hosts are looked at without a cluster, and what is found decides', async () => {
    const { api, obflow } = served
    const find = { code: 'CMP07050', item: say`disk`, hostId: 2, host: '10.0.0.2' } as const
    expect(await obflow('host', 'check', '10.0.0.2')).toMatchObject({
      code: 0,
      stdout: 'Nothing is wrong.\n',
    })
    api.engine.found = [
      { ...find, level: 'FATAL', message: say`disk too small`, advice: say`grow it` },
    ]
    const { code, stdout } = await obflow('host', 'check', '10.0.0.2')
    const said = '✖ 10.0.0.2 CMP07050 disk too small\n    grow it\n'
    const guide = /^ {4}http:\/\/127\.0\.0\.1:\d+\/api\/v2\/docs\/codes#cmp07050\n$/
    expect([code, stdout.slice(0, said.length)]).toEqual([1, said])
    expect(stdout.slice(said.length)).toMatch(guide)
  })
})

describe('a host and an OBProxy cluster', () => {
  it('have their own calls: a new SSH key, proxies that come and go', async () => {
    const { obflow } = served
    const key = `SHA256:${'A'.repeat(43)}`
    expect(await obflow('host', 'accept-key', '10.0.0.2', key)).toMatchObject({ code: 0 })
    expect((await obflow('host', 'accept-key', '10.0.0.2', 'x')).stderr).toContain('ssh-keygen -l')
    const words = ['--mode', 'CONFIG_URL', '--detach']
    expect(await obflow('obproxy', 'create', 'odp2', ...words)).toMatchObject({ code: 0 })
    const rehearsed = await obflow('obproxy', 'delete', 'odp2', '--dry-run')
    expect([rehearsed.code, rehearsed.stdout]).toEqual([1, expect.stringContaining('✖')])
  })

  it('show what they do until it is done: a create by its name, a link and its end by their tasks', async () => {
    const { api, obflow } = served
    await api.store.clusters.setStatus(1, 'RUNNING')
    const carryOut = async ({ taskId, workflow }: (typeof api.started)[number]): Promise<void> => {
      await api.store.obproxy.setStatus(1, 'RUNNING')
      if (workflow === 'unlinkObproxy') await api.store.obproxy.unlink(1, [1])
      else await api.store.obproxy.settle(1, [1])
      await succeed(api, taskId)
    }
    const [created] = z
      .array(z.object({ id: z.number(), obproxyClusterId: z.literal(1) }))
      .parse(JSON.parse((await obflow('task', 'ls', '--obproxy', '1', '-o', 'json')).stdout))
    const shown = await obflow('task', 'show', 'odp', '-o', 'name')
    expect(shown.stdout).toBe(`${created?.id}\n`)
    for (const task of [...api.started]) await carryOut(task)
    expect(
      await whileWorking(api, carryOut, () => obflow('obproxy', 'link', 'odp', 'terran')),
    ).toMatchObject({ code: 0, stderr: '' })
    const detached = await obflow('obproxy', 'unlink', 'odp', 'terran', '--yes', '--detach')
    expect([detached.code, detached.stderr]).toEqual([
      0,
      expect.stringMatching(/^Accepted; obflow task watch \d+ shows it\.\n$/),
    ])
  })
})

describe('a task', () => {
  /** Fails the subtask of this place, so that its task waits for an operator. */
  async function failAt(index: number): Promise<number> {
    const { api } = served
    for (const [place, { id }] of created.tasks.entries()) {
      if (place > index) break
      const cause = { code: 'CMP07050', message: 'disk too small' }
      await setSubtask(
        api.db,
        id,
        place < index ? { status: 'SUCCESSFUL' } : { status: 'FAILED', cause },
      )
    }
    await setTask(api.db, created.id, 'FAILED')
    await api.launcher.settled()
    return created.tasks[index]?.id ?? 0
  }

  it('that failed is shown by the name of its cluster, and watched with code 1', async () => {
    const subtask = await failAt(7)
    const { obflow } = served
    const shown = await obflow('task', 'show', 'terran')
    expect(shown.stdout).toContain('CMP07050: disk too small')
    expect(shown.stdout).toContain(`obflow task retry ${created.id} ${subtask}`)
    expect(
      JSON.parse((await obflow('task', 'show', String(created.id), '-o', 'json')).stdout),
    ).toMatchObject({
      id: created.id,
      status: 'FAILED',
    })
    expect(await obflow('task', 'watch', 'terran', '--quiet')).toEqual({
      code: 1,
      stdout: '',
      stderr: '',
    })
    expect((await obflow('watch', String(created.id))).code).toBe(1)
    expect((await obflow('task', 'log', 'terran', 'Do io bench')).stdout).toContain('EXECUTE')
  })

  it.each([
    ['retry', [], { code: 0 }],
    ['retry', ['Do io bench'], { code: 0 }],
    ['skip', ['do io bench@10.0.0.1'], { code: 0 }],
    ['rollback', ['--yes'], { code: 0 }],
  ])('is mended by %s %j, and shown until it ends', async (verb, words, outcome) => {
    await failAt(7)
    const { api, obflow } = served
    const end = async ({ taskId }: { taskId: number }) =>
      setTask(api.db, taskId, 'SUCCESSFUL', verb === 'rollback' ? 'ROLLBACK' : 'EXECUTE')
    const ended = await whileWorking(api, end, () => obflow('task', verb, 'terran', ...words))
    expect(ended).toMatchObject(outcome)
  })

  it('that was rolled back is no success to whoever waited for a cluster', async () => {
    await setTask(served.api.db, created.id, 'SUCCESSFUL', 'ROLLBACK')
    expect(await served.obflow('watch', String(created.id), '-q')).toMatchObject({ code: 3 })
  })

  it('says what a rollback would remove', async () => {
    await failAt(7)
    const { code, stdout } = await served.obflow('task', 'rollback', 'terran', '--dry-run')
    expect([code, stdout]).toEqual([0, expect.stringContaining('10.0.0.1')])
  })

  it('has a subtask cancelled by its name, and no other', async () => {
    const [first] = created.tasks
    if (!first) throw new Error('no subtask')
    await setSubtask(served.api.db, first.id, { status: 'RUNNING' })
    expect(await served.obflow('task', 'cancel', 'terran', first.name)).toMatchObject({ code: 0 })
    const strange = await served.obflow('task', 'cancel', 'terran', 'Frobnicate')
    expect([strange.code, strange.stderr]).toEqual([2, expect.stringContaining('obflow task show')])
  })

  it('has the log of a subtask followed to its end', async () => {
    const [first] = created.tasks
    if (!first) throw new Error('no subtask')
    await setSubtask(served.api.db, first.id, { status: 'SUCCESSFUL' })
    const followed = await served.obflow('task', 'log', 'terran', first.name, '--follow')
    expect([followed.code, followed.stdout]).toEqual([0, expect.stringContaining('EXECUTE')])
  })

  it('is saved as a zip', async () => {
    const { code, stdout } = await served.obflow('task', 'diagnosis', 'terran')
    expect([code, stdout]).toEqual([0, `${join(served.cwd, `task_${created.id}_diagnosis.zip`)}\n`])
  })

  it('of a cluster that is deleted or restarted asks first, and says what would happen', async () => {
    const { api, obflow } = served
    await setTask(api.db, created.id, 'SUCCESSFUL')
    await api.store.clusters.setStatus(1, 'RUNNING')
    const rehearsed = await obflow('cluster', 'delete', 'terran', '--dry-run')
    expect([rehearsed.code, rehearsed.stdout]).toEqual([
      0,
      expect.stringContaining('  - path /data/1/terran'),
    ])
    expect((await obflow('cluster', 'restart', 'terran', '--dry-run')).stdout).toContain('at once')
    expect(await obflow('cluster', 'delete', 'terran')).toMatchObject({ code: 2 })
    const end = ({ taskId }: { taskId: number }) => succeed(api, taskId)
    const deleted = await whileWorking(api, end, () =>
      obflow('cluster', 'delete', 'terran', '--yes'),
    )
    expect(deleted).toMatchObject({ code: 0 })
  })
})
