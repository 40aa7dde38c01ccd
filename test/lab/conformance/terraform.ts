import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Here, labHost, rpm4, type Where } from './here.ts'

/**
 * What OCP's Terraform provider decodes of an answer; of anything else than 404 and success it
 * reads `error`.
 */
const answer = z.object({
  data: z.unknown().optional(),
  successful: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})
const taskDetail = z.object({ id: z.int(), status: z.string(), name: z.string() })
const batchCreated = z.object({ id: z.int(), hostIds: z.array(z.int()).min(1) })
const host = z.object({
  id: z.int(),
  innerIpAddress: z.string(),
  status: z.string(),
  idcId: z.int(),
  typeName: z.string(),
})
const createdCluster = z.object({ id: z.int(), clusterId: z.int() })
const cluster = z.object({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  type: z.string(),
  fullVersion: z.string(),
})

/** The provider's client: `gone` for 404, the data, or a failure that names code and message. */
function provider({ talk, scene }: Here) {
  const request = async (method: string, path: string, body?: object): Promise<unknown> => {
    const { status, body: given } = await talk.ask(method, path, body)
    if (status === 404) return 'gone'
    const { data, successful, error } = answer.parse(given)
    if (!successful)
      throw new Error(`OCP API error [HTTP ${status}]: ${error?.code} - ${error?.message}`)
    return data
  }
  const waitForTask = async (id: number): Promise<void> => {
    for (;;) {
      const { status } = taskDetail.parse(await request('GET', `/api/v2/tasks/${id}`))
      if (status === 'SUCCESSFUL') return
      if (status === 'FAILED')
        throw new Error(JSON.stringify((await scene.task(id)).subtasks.map(({ error }) => error)))
      await pause(200)
    }
  }
  return { request, waitForTask }
}

export function terraformCalls(where: Where): void {
  describe("OCP's Terraform provider", () => {
    const clusters = '/api/v2/ob/clusters'

    it('adds a host, creates a cluster on it, finds both, destroys both, and finds them gone', async () => {
      const here = where()
      const { request, waitForTask } = provider(here)
      await request('DELETE', `/api/v2/compute/hosts/${here.hostIds[3]}`)

      const hostBasicDataList = [{ innerIpAddress: labHost(here, 3).ip }]
      const hostParam = {
        hostBasicDataList,
        sshPort: 22,
        kind: 'DEDICATED_PHYSICAL_MACHINE',
        idcId: 1,
        typeId: 1,
        credentialId: 1,
      }
      const added = batchCreated.parse(
        await request('POST', '/api/v2/compute/hosts/batchCreate', hostParam),
      )
      await waitForTask(added.id)
      const [hostId = 0] = added.hostIds
      expect(host.parse(await request('GET', `/api/v2/compute/hosts/${hostId}`))).toMatchObject({
        status: 'AVAILABLE',
      })
      const hosts = z
        .object({ contents: z.array(host) })
        .parse(await request('GET', '/api/v2/compute/hosts?idcId=1&status=AVAILABLE'))
      expect(hosts.contents.map(({ id }) => id)).toContain(hostId)

      const clusterParam = {
        name: 'terra',
        type: 'PRIMARY',
        password: 'Aa11--terra',
        zones: [
          { name: 'zone1', idcName: 'hz2', servers: [hostId], rpmName: rpm4, rootServer: hostId },
        ],
        attributes: {
          InstallPath: '/home/admin/oceanbase',
          DataDiskPath: '/data/1',
          SqlPort: 3881,
          SvrPort: 3882,
        },
        startupParameters: [{ name: 'system_memory', value: '1G' }],
        clientToken: 'terraform-0001',
      }
      const created = createdCluster.parse(await request('POST', clusters, clusterParam))
      expect(createdCluster.parse(await request('POST', clusters, clusterParam))).toEqual(created)
      await waitForTask(created.id)
      const path = `${clusters}/${created.clusterId}`
      expect(cluster.parse(await request('GET', path))).toMatchObject({
        name: 'terra',
        status: 'RUNNING',
        type: 'PRIMARY',
      })
      expect(await request('GET', `${path}/servers`)).toMatchObject({
        contents: [{ port: 3882, sqlPort: 3881 }],
      })
      const all = z.object({ contents: z.array(cluster) }).parse(await request('GET', clusters))
      expect(all.contents.map(({ id }) => id)).toContain(created.clusterId)

      await waitForTask(z.object({ id: z.int() }).parse(await request('DELETE', path)).id)
      expect(await request('GET', path)).toBe('gone')
      expect(await request('DELETE', path)).toBe('gone')
      await request('DELETE', `/api/v2/compute/hosts/${hostId}`)
      expect(await request('GET', `/api/v2/compute/hosts/${hostId}`)).toBe('gone')
    }, 300_000)

    it('is told what was wrong as a code that is a string', async () => {
      const here = where()
      const { request } = provider(here)
      const zones = [{ name: 'zone1', idcName: 'hz2', servers: [here.hostIds[2]], rpmName: rpm4 }]
      const param = {
        name: 'zerg',
        type: 'PRIMARY',
        password: 'Aa11--terra',
        zones,
        obClusterId: 1,
      }
      await expect(request('POST', clusters, param)).rejects.toThrow(
        /^OCP API error \[HTTP \d{3}\]: [A-Z]{3}\d{5} - \S/,
      )
    })
  })
}
