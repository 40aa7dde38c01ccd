import { existsSync, readFileSync, rmSync } from 'node:fs'
import { type Connection, createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { canary, hostileValues, intruder } from '../support/hostile.ts'
import { causes, type Scene, startScene } from './scene.ts'
import { throughSsh } from './ssh.ts'

// test/api/injection.test.ts tries every value in every field; what fields take as free text goes
// to hosts and databases here.

/** All of the values that a text field takes, in one. */
const together = Object.entries(hostileValues)
  .filter(([name]) => !['NUL', 'half a character', '10 kB'].includes(name))
  .map(([, value]) => value)
/** Of them as much as a field takes. */
const upTo = (length: number, from = 0): string => together.slice(from).join('').slice(0, length)
/** Without what a list of start options cannot hold. */
const asOption = upTo(2000)
  .replaceAll(/[\s,;'"\\\p{Cc}]/gu, '')
  .slice(0, 512)
const visible = (text: string): string => text.replaceAll(/[^\x21-\x7e]/g, '')

const text = {
  password: upTo(256),
  proxyroPassword: upTo(128, 7),
  adminPassword: upTo(128, 4),
  region: `r${upTo(120)}`.trim(),
  idc: `i${upTo(120, 7)}`.trim(),
  hostType: `t${upTo(120, 3)}`.trim(),
  login: `l${upTo(120, 5)}`.trim(),
  alias: upTo(128, 2),
  description: upTo(1024),
  port: upTo(64),
  token: visible(upTo(400)).slice(0, 64),
}

let scene: Scene
beforeAll(async () => {
  rmSync(canary, { force: true })
  scene = await startScene({ hosts: 2, idcOf: () => 'hz1', obproxy: true })
}, 300_000)
afterAll(() => scene?.[Symbol.asyncDispose]())

const host = (index: number) => {
  const found = scene.lab.hosts[index]
  if (!found) throw new Error(`there is no host ${index}`)
  return found
}
const packages = z.object({ contents: z.array(z.object({ fileName: z.string() })) })
const created = z.looseObject({ id: z.number() })
const post = async (path: string, body: object) =>
  created.parse(await scene.send('POST', path, body))
const succeeds = async (taskId: number): Promise<void> =>
  expect(causes(await scene.ended(taskId))).toBe('')
const asked = async (session: Connection, query: string) => {
  const [found] = await session.query({ sql: query, rowsAsArray: true })
  return z.array(z.array(z.unknown()).transform((row) => row.map(String))).parse(found)
}
const rows = async (port: number, user: string, password: string, query: string, index = 0) => {
  const session = await createConnection({ host: host(index).ip, port, user, password })
  try {
    return await asked(session, query)
  } finally {
    await session.end()
  }
}
/** From 4.3.1 on a proxy lets its administrator in from the host's own loopback alone. */
const adminRows = (query: string, index: number) => {
  const { ip, users } = host(index)
  return throughSsh({ host: ip, ...users.root }, 2883, async (stream) => {
    const login = { user: 'root@proxysys', password: text.adminPassword }
    const session = await createConnection({ ...login, stream })
    try {
      return await asked(session, query)
    } finally {
      session.destroy()
    }
  })
}

/** What only a value that was taken for a command could have made. */
async function expectNoIntruder(): Promise<void> {
  expect(existsSync(canary)).toBe(false)
  for (const index of [0, 1]) {
    const { stdout } = await host(index).exec(
      `find / -xdev -name ${intruder} -not -path '/proc/*'; ls ${canary} 2>/dev/null`,
    )
    expect(stdout).toBe('')
  }
}

it('the first host is entered anew with such texts wherever one goes, and they come back as they were sent', async () => {
  const { description } = text
  const region = await post('/api/v2/compute/regions', { name: text.region, description })
  const idc = await post('/api/v2/compute/idcs', {
    name: text.idc,
    description,
    regionId: region.id,
  })
  const type = await post('/api/v2/compute/hostTypes', { name: text.hostType, description })
  const passphrase = readFileSync(scene.lab.users.root.privateKeyFile, 'utf8')
  const sshCredentialProperty = { type: 'PRIVATE_KEY', username: 'root', passphrase }
  const login = await post('/api/v2/profiles/me/credentials', {
    targetType: 'HOST',
    name: text.login,
    sshCredentialProperty,
  })
  await scene.send('DELETE', `/api/v2/compute/hosts/${scene.inventory.hostIds[0]}`)
  const { id } = await post('/api/v2/compute/hosts/batchCreate', {
    hostBasicDataList: [{ innerIpAddress: host(0).ip, serialNumber: text.alias }],
    publishPorts: [text.port],
    alias: text.alias,
    description,
    idcId: idc.id,
    typeId: type.id,
    credentialId: login.id,
  })
  await succeeds(id)
  expect(await scene.send('GET', '/api/v2/compute/hosts/3')).toMatchObject({
    alias: text.alias,
    description,
    publishPorts: [text.port],
    idcName: text.idc,
    idcDescription: description,
    regionName: text.region,
    typeName: text.hostType,
    typeDescription: description,
  })
  expect(await scene.send('GET', `/api/v2/profiles/me/credentials/${login.id}`)).toMatchObject({
    name: text.login,
  })
  await expectNoIntruder()
})

it('an OBProxy cluster has such passwords, parameters and start options as its own', async () => {
  const { id } = await post('/api/v2/obproxy/clusters', {
    name: 'odp',
    workMode: 'CONFIG_URL',
    obproxyInstallParam: { hostIds: [scene.inventory.hostIds[1]] },
    password: text.adminPassword,
    proxyroPassword: text.proxyroPassword,
    parameters: [{ name: 'proxy_id', value: upTo(512).replaceAll(/[\r\n]/g, '') }],
    startupParameters: [{ name: 'client_session_id_version', value: asOption }],
    clientToken: text.token,
  })
  await succeeds(id)
  const shown = async (name: string) =>
    (await adminRows(`SHOW PROXYCONFIG LIKE '${name}'`, 1))[0]?.[1]
  expect(await shown('proxy_id')).toBe(upTo(512).replaceAll(/[\r\n]/g, ''))
  expect(await shown('client_session_id_version')).toBe(asOption)
  await expectNoIntruder()
})

it('a cluster has such passwords, zones and start options as its own, and nothing else was made', async () => {
  const { contents } = packages.parse(await scene.send('GET', '/api/v2/software-packages?size=100'))
  const rpmName = contents.find(({ fileName }) =>
    fileName.startsWith('oceanbase-4.2.1.8'),
  )?.fileName
  const { id, clusterId } = z.object({ id: z.number(), clusterId: z.number() }).parse(
    await scene.send('POST', '/api/v2/ob/clusters', {
      type: 'PRIMARY',
      name: 'zerg',
      password: text.password,
      obproxyUserPassword: text.proxyroPassword,
      rpmName,
      zones: [{ name: 'zone1', idcName: text.idc, servers: [3] }],
      startupParameters: [{ name: 'backup_dest', value: asOption }],
      obproxyClusterIds: [1],
      clientToken: `${text.token.slice(0, 63)}2`,
    }),
  )
  await succeeds(id)
  const ask = (query: string) => rows(2881, 'root@sys', text.password, query)
  expect(await ask('SELECT IDC, REGION FROM oceanbase.DBA_OB_ZONES')).toEqual([
    [text.idc, text.region],
  ])
  expect(
    await ask("SELECT value FROM oceanbase.GV$OB_PARAMETERS WHERE name = 'backup_dest'"),
  ).toEqual([[asOption]])
  const names = [
    ...(await ask('SHOW DATABASES')),
    ...(await ask('SELECT user FROM mysql.user')),
  ].flat()
  expect(names).toEqual(expect.arrayContaining(['oceanbase', 'proxyro', 'ocp_monitor']))
  expect(names.filter((name) => name.includes(intruder))).toEqual([])
  expect(await rows(2881, 'proxyro@sys', text.proxyroPassword, 'SELECT 1')).toEqual([['1']])
  expect(await rows(2883, 'root@sys#zerg', text.password, 'SELECT 1', 1)).toEqual([['1']])
  const zone = { idcName: text.idc, regionName: text.region }
  expect(await scene.send('GET', `/api/v2/ob/clusters/${clusterId}`)).toMatchObject({
    zones: [zone],
  })
  await expectNoIntruder()
})

it('a package under such a name is refused', async () => {
  for (const name of [...together, `${hostileValues.backticks}.rpm`]) {
    const form = new FormData()
    form.append('file', new Blob(['no rpm']), name)
    const authorization = `Basic ${Buffer.from(`admin:${scene.adminPassword}`).toString('base64')}`
    const reply = await fetch(`${scene.obflow.url}/api/v2/software-packages`, {
      method: 'POST',
      body: form,
      headers: { authorization },
    })
    expect(reply.status, name).toBe(400)
  }
  await expectNoIntruder()
})
