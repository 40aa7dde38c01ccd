import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { causes, type Scene, startScene } from './scene.ts'

const created = z.object({ id: z.number(), obproxyClusterId: z.number() })
const obproxyCluster = z.object({
  status: z.string(),
  obLinks: z.array(z.object({ clusterName: z.string() })),
  obproxies: z.array(z.object({ status: z.string(), lastActiveTime: z.string().nullable() })),
})
const path = '/api/v2/obproxy/clusters'
const password = 'Aa11--pylon'
const secrets = { password: 'Odp-admin-22', proxyroPassword: 'Odp-proxyro-33' }

describe('OBProxy clusters on hosts', () => {
  let scene: Scene
  let before: string
  const proxyHost = () => {
    const [host] = scene.lab.hosts
    if (!host) throw new Error('no host')
    return host
  }
  /** What of a proxy could be left on its host. */
  const traces = async (): Promise<string> => {
    const look =
      'rpm -qa; ls -A /opt /opt/taobao /opt/taobao/install /home/admin 2>&1; find /u01 2>&1; find /var/lib/obflow -type f; ps -eo comm= | grep -x obproxy'
    return (await proxyHost().exec(look)).stdout
  }
  const query = async (user: string, statement: string, login = password): Promise<unknown> => {
    const connection = await createConnection({
      host: proxyHost().ip,
      port: 2883,
      user,
      password: login,
    })
    try {
      return (await connection.query(statement))[0]
    } finally {
      await connection.end()
    }
  }
  const succeeded = async (taskId: number): Promise<void> => {
    const task = await scene.ended(taskId)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
  }
  const create = async (body: object): Promise<number> => {
    const install = { obproxyInstallParam: { hostIds: [scene.inventory.hostIds[0]] } }
    const { id, obproxyClusterId } = created.parse(
      await scene.send('POST', path, { name: 'odp', ...install, ...body }),
    )
    await succeeded(id)
    return obproxyClusterId
  }
  const remove = async (id: number): Promise<void> =>
    succeeded(created.parse(await scene.send('DELETE', `${path}/${id}`)).id)

  beforeAll(async () => {
    scene = await startScene({ hosts: 2, idcOf: () => 'hz1', obproxy: true })
    before = await traces()
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  it('serve a cluster that is created with them, one after the other; a deletion leaves the host as it was', async () => {
    const id = await create({ workMode: 'CONFIG_URL', ...secrets })
    const read = async () => obproxyCluster.parse(await scene.send('GET', `${path}/${id}`))
    expect(await read()).toMatchObject({
      status: 'RUNNING',
      obLinks: [],
      obproxies: [{ status: 'RUNNING' }],
    })
    await expect(query('root@proxysys', 'SELECT 1', '')).rejects.toMatchObject({ errno: 1045 })
    // From 4.2.1 on nobody is its administrator from 10.0.0.0/8, whatever the password: obproxy
    // ob_proxy_config.h of tags v4.1.0 and v4.2.1, skip_proxy_sys_private_check.
    await expect(query('root@proxysys', 'SELECT 1', secrets.password)).rejects.toMatchObject({
      errno: 1045,
    })
    const rpms = (await proxyHost().exec('rpm -qa; ls /home/admin/obproxy-4.3.1.0')).stdout
    expect(rpms).toMatch(/obproxy-ce-4\.3\.1\.0[\s\S]*bin/)

    const zones = [{ name: 'zone1', hosts: [1] }]
    const cluster = await scene.create({
      name: 'protoss',
      password,
      version: '4.2.1.8',
      zones,
      obproxyClusterIds: [id],
    })
    await succeeded(cluster.id)
    const status = 'SELECT STATUS AS status FROM oceanbase.DBA_OB_SERVERS'
    await expect(query('root@sys#protoss', status)).resolves.toEqual([{ status: 'ACTIVE' }])
    expect((await read()).obLinks).toEqual([{ clusterName: 'protoss' }])

    await scene.send('DELETE', `${path}/${id}/obLinks/protoss`)
    await expect(query('root@sys#protoss', status)).rejects.toThrow()
    await scene.send('POST', `${path}/${id}/obLinks/batchAdd`, [
      { clusterName: 'protoss', username: 'proxyro' },
    ])
    await expect(query('root@sys#protoss', status)).resolves.toEqual([{ status: 'ACTIVE' }])

    const seen = (await proxyHost().exec('cat /proc/*/cmdline 2>/dev/null | tr "\\0" " "')).stdout
    expect(seen).toContain('bin/obproxy')
    for (const secret of [password, ...Object.values(secrets)]) expect(seen).not.toContain(secret)
    await remove(id)
    expect(await traces()).toBe(before)

    const older = {
      obproxyInstallParam: { hostIds: [scene.inventory.hostIds[0]], version: '4.2.1.0' },
    }
    const told = await create({
      workMode: 'RS_LIST',
      obLinks: [{ clusterName: 'protoss', obClusterId: 1 }],
      ...older,
      ...secrets,
    })
    await expect(query('root@proxysys', 'SELECT 1', '')).rejects.toMatchObject({ errno: 1045 })
    await expect(query('root@proxysys', 'SELECT 1', secrets.password)).rejects.toMatchObject({
      errno: 1045,
    })
    await expect(query('root@sys#protoss', status)).resolves.toEqual([{ status: 'ACTIVE' }])
    await remove(told)
    expect(await traces()).toBe(before)
  })

  it('stop at a port in use, say so, and are taken back to nothing', async () => {
    const listen = "require('net').createServer().listen(2885, '0.0.0.0', () => console.log('up'))"
    await proxyHost().exec(
      `mkfifo /tmp/up; /opt/obflow-lab/node -e "${listen}" >/tmp/up 2>&1 & echo $! >/tmp/squatter; head -n 1 /tmp/up`,
    )
    const body = {
      name: 'odp',
      workMode: 'CONFIG_URL',
      obproxyInstallParam: { hostIds: [scene.inventory.hostIds[0]] },
    }
    const { id } = created.parse(await scene.send('POST', path, body))
    const failed = await scene.ended(id)
    expect(failed.status).toBe('FAILED')
    expect(causes(failed)).toContain('port 2885 is in use')
    await proxyHost().exec('kill $(cat /tmp/squatter); rm -f /tmp/squatter /tmp/up')
    await scene.send('POST', `/api/v2/tasks/instances/${id}/rollback`)
    await succeeded(id)
    expect(await traces()).toBe(before)
    await remove(await create({ workMode: 'CONFIG_URL' }))
    expect(await traces()).toBe(before)
  })
})
