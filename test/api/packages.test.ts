import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/api/auth/password.ts'
import { Secret } from '../../src/quote.ts'
import { addHosts, creator, newCluster } from '../store/inventory.ts'
import { testOperations } from '../store/operations.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'
import { form, rpmFile } from './rpmFile.ts'
import { basic, openApi, type TestApi } from './server.ts'

const path = '/api/v2/software-packages'
const fileName = 'oceanbase-2.2.73-20201211175814.el7.x86_64.rpm'
const rpm = rpmFile({
  name: 'oceanbase',
  version: '2.2.73',
  release: '20201211175814.el7',
  arch: 'x86_64',
})

/** The same size and name, and not the same content. */
function damaged(whole: Buffer): Buffer {
  const other = Buffer.from(whole)
  other.writeUInt8(other.readUInt8(other.length - 1) ^ 1, other.length - 1)
  return other
}

describe('software packages', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
  })
  afterAll(() => api.close())
  beforeEach(async () => {
    await api.reset()
  })

  const upload = (name: string, content: Buffer, options?: Parameters<typeof form>[2]) =>
    api.call({ method: 'POST', url: path, ...form(name, content, options) })
  const files = () => readdir(api.packagesDir)

  test('an upload is kept with its digests, listed, downloaded and removed', async () => {
    const reply = await upload(fileName, rpm)
    expect(reply.data).toMatchObject({
      architecture: 'x86_64',
      buildNumber: '20201211175814',
      downloadUrl: expect.stringMatching(`^http://.+/api/v2/files/sys-package/${fileName}$`),
      extension: 'rpm',
      fileName,
      id: 1,
      name: 'oceanbase',
      operatingSystem: 'el7',
      sha1: createHash('sha1').update(rpm).digest('hex'),
      size: rpm.length,
      type: 'OB_SERVER_INSTALL_PACKAGE',
      version: '2.2.73',
    })
    expect(await api.store.packages.get(1)).toMatchObject({
      sha256: createHash('sha256').update(rpm).digest('hex'),
    })
    const list = await api.get(`${path}?type=OB_SERVER_INSTALL_PACKAGE&keyword=2.2`)
    expect(list.data).toMatchObject({
      contents: [{ id: 1, deletable: true, installationDataList: [] }],
      page: { totalElements: 1 },
    })
    const headers = { authorization: basic('admin', 'admin-password') }
    const download = await api.app.inject({ url: `/api/v2/files/sys-package/${fileName}`, headers })
    expect(download.rawPayload.equals(rpm)).toBe(true)
    expect((await api.remove(`${path}/1`)).status).toBe(200)
    expect(await files()).toEqual([])
    expect(await api.remove(`${path}/1`)).toMatchObject({
      status: 404,
      error: { code: 'PKG10014' },
    })
  })

  test.each([
    ['something that is no rpm', fileName, Buffer.from('hello'), undefined, 400, 'COM10001'],
    ['a long file that is no rpm', fileName, Buffer.alloc(100_000, 1), undefined, 400, 'COM10001'],
    [
      'an rpm cut in its payload',
      fileName,
      rpm.subarray(0, rpm.length - 100),
      undefined,
      400,
      'COM10001',
    ],
    ['an rpm cut in its header', fileName, rpm.subarray(0, 150), undefined, 400, 'COM10001'],
    ['an upload that breaks off', fileName, rpm, { whole: false }, 400, 'COM10003'],
    [
      'an rpm under another name',
      'oceanbase-4.2.1-1.el7.x86_64.rpm',
      rpm,
      undefined,
      400,
      'COM10001',
    ],
    [
      'a package nobody installs',
      'vim-9.0-1.el7.x86_64.rpm',
      rpmFile({ name: 'vim', version: '9.0', release: '1.el7', arch: 'x86_64' }),
      undefined,
      400,
      'PKG10013',
    ],
    [
      'a server whose observer is not where an install expects it',
      fileName,
      rpmFile({
        name: 'oceanbase',
        version: '2.2.73',
        release: '20201211175814.el7',
        arch: 'x86_64',
        prefix: '/home/admin/oceanbase',
        files: ['/home/admin/oceanbase/opt/bin/observer'],
      }),
      undefined,
      400,
      'COM10001',
    ],
    [
      'a server of a version that is not known',
      'oceanbase-ce-5.0.1.0-100000042026072912.el8.x86_64.rpm',
      rpmFile({
        name: 'oceanbase-ce',
        version: '5.0.1.0',
        release: '100000042026072912.el8',
        arch: 'x86_64',
      }),
      undefined,
      400,
      'COM10001',
    ],
    ['a file in another field', fileName, rpm, { field: 'package' }, 400, 'COM10001'],
  ] as const)(
    '%s is refused and nothing of it stays',
    async (_, name, content, options, status, code) => {
      const before = await api.dump()
      expect(await upload(name, Buffer.from(content), options)).toMatchObject({
        status,
        error: { code },
      })
      expect(await files()).toEqual([])
      expect(await api.dump()).toEqual(before)
    },
  )

  test('the second upload of a package answers the package that is there, also when both come at once', async () => {
    const replies = await Promise.all([upload(fileName, rpm), upload(fileName, rpm)])
    expect(replies.map((reply) => reply.status)).toEqual([200, 200])
    expect(await upload(fileName, rpm)).toMatchObject({ status: 200, data: { id: 1, fileName } })
    expect(await files()).toHaveLength(1)
    await api.remove(`${path}/1`)
  })

  test('another package under the same file name is refused, and one that breaks off', async () => {
    await upload(fileName, rpm)
    const other = Buffer.from(rpm)
    other.writeUInt8(other.readUInt8(other.length - 1) ^ 1, other.length - 1)
    expect(await upload(fileName, other)).toMatchObject({
      status: 409,
      error: { code: 'PKG10012' },
    })
    expect(await upload(fileName, rpm, { whole: false })).toMatchObject({
      status: 400,
      error: { code: 'COM10003' },
    })
    expect(await files()).toHaveLength(1)
    await api.remove(`${path}/1`)
  })

  test('another file takes the place of a damaged package while a FAILED task waits for it, and not once it is installed', async () => {
    const other = Buffer.from(rpm)
    other.writeUInt8(other.readUInt8(other.length - 1) ^ 1, other.length - 1)
    await upload(fileName, other)
    await addHosts(api.store, 1)
    const { task } = await testOperations(api.store).acceptCluster({
      request: newCluster({ rpmName: fileName }),
      creator,
    })
    expect(await upload(fileName, rpm)).toMatchObject({ status: 409, error: { code: 'PKG10012' } })
    await setTask(api.db, task.id, 'FAILED')
    expect(await upload(fileName, rpm)).toMatchObject({
      status: 200,
      data: { id: 1, deletable: false },
    })
    expect(await api.store.packages.get(1)).toMatchObject({
      sha256: createHash('sha256').update(rpm).digest('hex'),
    })
    expect(await files()).toHaveLength(1)

    const install = (await api.store.tasks.get(task.id))?.subtasks.find(
      ({ activity }) => activity === 'installRpm',
    )
    await setSubtask(api.db, install?.id ?? 0, { status: 'SUCCESSFUL' })
    expect(await upload(fileName, other)).toMatchObject({
      status: 409,
      error: { code: 'PKG10012' },
    })
    expect(await files()).toHaveLength(1)
  })

  test('a chosen package is replaced by its uploader or an ADMIN, not by another who may upload', async () => {
    await upload(fileName, damaged(rpm))
    await addHosts(api.store, 1)
    const { task } = await testOperations(api.store).acceptCluster({
      request: newCluster({ rpmName: fileName }),
      creator,
    })
    await setTask(api.db, task.id, 'FAILED')
    const passwordHash = await hashPassword(new Secret('role-password'))
    await api.store.users.create({ username: 'packer', roles: ['PACKAGE_MANAGER'], passwordHash })
    const { body, headers } = form(fileName, rpm)
    const asPacker = { ...headers, authorization: basic('packer', 'role-password') }
    const reply = await api.call({ method: 'POST', url: path, body, headers: asPacker })
    expect(reply).toMatchObject({ status: 409, error: { code: 'PKG10012' } })
    expect(await upload(fileName, rpm)).toMatchObject({ status: 200 })
  })

  test('a damaged agent package is replaced while only FAILED tasks wait for it, and not once it is installed', async () => {
    const agentFile = 't-oceanbase-ocp-agent-3.1.2-20210812221645.el7.x86_64.rpm'
    const agentRpm = rpmFile({
      ...{
        name: 't-oceanbase-ocp-agent',
        version: '3.1.2',
        release: '20210812221645.el7',
        arch: 'x86_64',
      },
    })
    expect(await upload(agentFile, damaged(agentRpm))).toMatchObject({ status: 200 })
    await addHosts(api.store, 1)
    const { contents } = await api.store.tasks.list({ hostId: 1 }, { page: 1, size: 1 })
    const taskId = contents[0]?.id ?? 0
    await api.store.hosts.chooseAgent(1, 1)
    await setTask(api.db, taskId, 'RUNNING')
    await api.store.hosts.setStatus(1, 'NEW')
    expect(await upload(agentFile, agentRpm)).toMatchObject({
      status: 409,
      error: { code: 'PKG10012' },
    })
    await setTask(api.db, taskId, 'FAILED')
    expect(await upload(agentFile, agentRpm)).toMatchObject({ status: 200, data: { id: 1 } })
    await api.store.hosts.setAgent(1, { version: '3.1.2-20210812221645', status: 'AVAILABLE' })
    expect(await upload(agentFile, damaged(agentRpm))).toMatchObject({
      status: 409,
      error: { code: 'PKG10012' },
    })
  })

  test('a server package says what it needs, and is part of a set with it', async () => {
    const version = '4.2.5.0'
    const build = { version, release: '100000052024102022.el7', arch: 'x86_64' }
    const fileOf = (name: string) => `${name}-${version}-100000052024102022.el7.x86_64.rpm`
    const server = rpmFile({
      ...build,
      name: 'oceanbase-ce',
      requires: [['oceanbase-ce-libs', version], ['jq']],
    })
    const serverFile = fileOf('oceanbase-ce')
    const first = await upload(serverFile, server)
    expect(first.warnings).toEqual([
      { field: 'file', message: expect.stringContaining(`upload oceanbase-ce-libs = ${version}`) },
    ])
    await addHosts(api.store, 1)
    const request = newCluster({ rpmName: serverFile })
    const accept = () => testOperations(api.store).acceptCluster({ request, creator })
    await expect(accept()).rejects.toMatchObject({
      message: expect.stringContaining('oceanbase-ce-libs = 4.2.5.0'),
      findings: [{ code: 'PKG10014' }],
    })

    // What another user uploads would run as root on hosts of whoever named the server.
    const libsFile = fileOf('oceanbase-ce-libs')
    const libsRpm = rpmFile({ ...build, name: 'oceanbase-ce-libs' })
    const passwordHash = await hashPassword(new Secret('role-password'))
    await api.store.users.create({ username: 'packer', roles: ['PACKAGE_MANAGER'], passwordHash })
    const { body, headers } = form(libsFile, libsRpm)
    const asPacker = { ...headers, authorization: basic('packer', 'role-password') }
    expect((await api.call({ method: 'POST', url: path, body, headers: asPacker })).status).toBe(
      200,
    )
    await expect(accept()).rejects.toMatchObject({ findings: [{ code: 'PKG10014' }] })

    const libs = await upload(libsFile, libsRpm)
    expect(libs).toMatchObject({ status: 200, data: { type: 'OB_SERVER_INSTALL_PACKAGE' } })
    expect((await upload(serverFile, server)).warnings).toBeUndefined()
    await expect(
      testOperations(api.store).acceptCluster({
        request: newCluster({ rpmName: libsFile }),
        creator,
      }),
    ).rejects.toMatchObject({ findings: [{ code: 'PKG10013' }] })
    const { task } = await accept()
    // A damaged part of the set is replaced like the package that the cluster names.
    await setTask(api.db, task.id, 'FAILED')
    const mended = rpmFile({ ...build, name: 'oceanbase-ce-libs' }, 6000)
    expect(await upload(libsFile, mended)).toMatchObject({ status: 200, data: { id: 2 } })
    const { contents } = (await api.get(path)).data as { contents: { deletable: boolean }[] }
    expect(contents.map(({ deletable }) => deletable)).toEqual([false, false])
    expect(await api.remove(`${path}/2`)).toMatchObject({ error: { code: 'COM10005' } })
  })

  test('a body that is no form is refused', async () => {
    const reply = await api.call({
      method: 'POST',
      url: path,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(reply).toMatchObject({ status: 415, error: { code: 'COM10003' } })
  })
})
