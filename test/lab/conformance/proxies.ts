import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { labHost, succeeded, type Where } from './here.ts'

const path = '/api/v2/obproxy/clusters'
const created = z.looseObject({ id: z.number(), obproxyClusterId: z.number() })
const cluster = z.looseObject({ obproxies: z.array(z.looseObject({ ip: z.string() })) })
const service = z.looseObject({ Success: z.boolean(), Data: z.unknown().optional() })

export function proxyCalls(where: Where): void {
  describe('OBProxy clusters', () => {
    it('by CONFIG_URL are created, read, moved, linked, unlinked and deleted', async () => {
      const here = where()
      const { ask, must } = here.talk
      const body = {
        name: 'odp',
        workMode: 'CONFIG_URL',
        obproxyInstallParam: { hostIds: [here.hostIds[2]] },
      }
      const { id: taskId, obproxyClusterId: id } = created.parse(await must('POST', path, body))
      await succeeded(here, taskId)
      expect(cluster.parse(await must('GET', `${path}/${id}`)).obproxies).toMatchObject([
        { status: 'RUNNING' },
      ])
      const list = await must(
        'GET',
        `${path}?page=1&size=10&sort=name,asc&name=odp&status=RUNNING,CREATING`,
      )
      expect(list).toMatchObject({ contents: [{ id, status: 'RUNNING' }] })
      for (const method of ['PUT', 'PATCH'])
        expect(
          await must(method, `${path}/${id}`, { address: 'foo.bar', port: 2884 }),
        ).toMatchObject({ port: 2884 })

      const link = {
        clusterId: here.primary.clusterId,
        clusterName: 'zerg',
        obClusterId: 1,
        username: 'proxyro',
      }
      expect(await must('POST', `${path}/${id}/obLinks/batchAdd`, [link])).toBeUndefined()
      expect(await must('GET', `${path}/${id}`)).toMatchObject({
        obLinks: [{ ...link, status: 'RUNNING' }],
      })
      expect(await ask('DELETE', `${path}/${id}/obLinks/nowhere`)).toMatchObject({ status: 404 })
      expect(await must('DELETE', `${path}/${id}/obLinks/zerg`)).toBeUndefined()

      const deletion = created.parse(await must('DELETE', `${path}/${id}`))
      await succeeded(here, deletion.id)
      expect(await ask('GET', `${path}/${id}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'ODP21001' } },
      })
    })

    it('by RS_LIST are created with their one cluster, which they serve', async () => {
      const here = where()
      const { must } = here.talk
      const install = {
        obproxyInstallParam: { hostIds: [here.hostIds[2]] },
        obLinks: [{ clusterName: 'zerg', obClusterId: 1 }],
      }
      const made = created.parse(
        await must('POST', path, { name: 'told', workMode: 'RS_LIST', ...install }),
      )
      await succeeded(here, made.id)
      const found = await must('GET', `${path}/${made.obproxyClusterId}`)
      expect(found).toMatchObject({
        workMode: 'RS_LIST',
        obLinks: [{ clusterName: 'zerg', status: 'RUNNING' }],
      })
      await succeeded(
        here,
        created.parse(await must('DELETE', `${path}/${made.obproxyClusterId}`)).id,
      )
    })

    it('and observers learn the root servers without a login, and tell theirs', async () => {
      const here = where()
      const services = async (method: string, query: string, sending?: object) => {
        const { status, body } = await here.talk.ask(
          method,
          `/services?${query}&User_ID=alibaba&UID=ocpmaster`,
          sending,
          null,
        )
        return { status, ...service.parse(body) }
      }
      const address = `${labHost(here, 0).ip}:2882`
      const rootServers = { RsList: [{ address, role: 'LEADER', sql_port: 2881 }] }
      expect(await services('GET', 'Action=ObRootServiceInfo&ObRegion=zerg')).toMatchObject({
        status: 200,
        Data: rootServers,
      })
      expect(
        await services('POST', 'Action=ObRootServiceInfo&ObRegion=zerg', rootServers),
      ).toMatchObject({ status: 200 })
      expect(await services('GET', 'Action=GetObProxyConfig')).toMatchObject({
        status: 200,
        Data: { ObRootServiceInfoUrlList: [{ ObRegion: 'zerg' }] },
      })
      expect(await services('GET', 'Action=ObRootServiceInfo&ObRegion=nowhere')).toMatchObject({
        status: 404,
        Success: false,
      })
      expect(await services('GET', 'Action=Unknown')).toMatchObject({ status: 400, Success: false })
    })
  })
}
