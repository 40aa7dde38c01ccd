import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { created, type Here, rootPassword, rpm, succeeded, type Where } from './here.ts'

const clusters = '/api/v2/ob/clusters'
const names = z.looseObject({ contents: z.array(z.looseObject({ type: z.string() })) })

/** The body of a create of the cluster `zerg`, on one host of the lab. */
export const createBody = (
  { hostIds }: Pick<Here, 'hostIds'>,
  host: number,
  more: object = {},
) => ({
  type: 'PRIMARY',
  name: 'zerg',
  password: rootPassword,
  primaryZone: '',
  rpmName: rpm,
  zones: [{ name: 'zone1', idcName: 'hz2', servers: [hostIds[host]] }],
  ...more,
})

export function clusterCalls(where: Where): void {
  describe('a primary cluster', () => {
    it('is created; one that is only asked about is looked at and not made', async () => {
      const here = where()
      await succeeded(here, here.primary.id)
      const asked = await here.talk.must(
        'POST',
        `${clusters}?dryRun=true`,
        createBody(here, 3, { name: 'protoss' }),
      )
      expect(asked).toMatchObject({
        id: null,
        clusterId: null,
        admission: [],
        preCheck: expect.any(Array),
      })
    }, 300_000)

    it('tells what a restart would do: with one zone it does not serve meanwhile', async () => {
      const { primary, talk } = where()
      const asked = await talk.must('POST', `${clusters}/${primary.clusterId}/restart?dryRun=true`)
      expect(JSON.stringify(asked)).toContain('does not serve')
    })

    it('is read as a list and by itself, by zone and by server', async () => {
      const here = where()
      const { clusterId } = here.primary
      const { ask, must } = here.talk
      const list = await must(
        'GET',
        `${clusters}?page=1&size=10&sort=name,asc&name=ZER&status=RUNNING,CREATING&withStandby=true`,
      )
      expect(names.parse(list).contents).toMatchObject([
        { id: clusterId, name: 'zerg', status: 'RUNNING' },
      ])
      expect(await must('GET', `${clusters}/${clusterId}`)).toMatchObject({
        obVersion: '2.2.73',
        type: 'PRIMARY',
      })
      expect(await must('GET', `${clusters}/${clusterId}/zones`)).toMatchObject({
        contents: [{ name: 'zone1' }],
      })
      const servers = await must(
        'GET',
        `${clusters}/${clusterId}/servers?regionName=hangzhou&idcName=hz2`,
      )
      expect(servers).toMatchObject({ contents: [{ status: 'RUNNING', withRootserver: true }] })
      for (const path of [clusters, '/api/v2/clusters'])
        expect(await must('GET', `${path}/${clusterId}/zones/zone1/servers`)).toEqual(servers)
      expect(await ask('GET', `${clusters}/${clusterId}/zones/zone9/servers`)).toMatchObject({
        status: 404,
      })
    })
  })
}

/** Posts the standby of it, which takes its time. */
export async function postStandby({ hostIds, talk }: Here) {
  const standby = {
    type: 'STANDBY',
    primaryZone: undefined,
    primaryClusterInfo: { rootSysPassword: rootPassword, obClusterId: 1 },
  }
  return created.parse(await talk.must('POST', clusters, createBody({ hostIds }, 1, standby)))
}

export function standbyCalls(where: Where, standby: () => z.infer<typeof created>): void {
  describe('a standby cluster', () => {
    it('is created, and listed with its primary as its primary is with it', async () => {
      const here = where()
      const { id, clusterId } = standby()
      expect(await succeeded(here, id)).toMatchObject({ name: 'Create standby OB cluster' })
      const { contents } = names.parse(
        await here.talk.must('GET', `${clusters}?withStandby=false&sort=id,asc`),
      )
      expect(contents).toMatchObject([
        { type: 'PRIMARY', standbyClusters: [{ id: clusterId }] },
        { type: 'STANDBY', primaryCluster: { id: here.primary.clusterId } },
      ])
    })

    it('is deleted before its primary: the reply is a task, which succeeds', async () => {
      const here = where()
      const { ask, must } = here.talk
      expect(await ask('DELETE', `${clusters}/${here.primary.clusterId}`)).toMatchObject({
        status: 409,
      })
      const deletion = created.parse(await must('DELETE', `${clusters}/${standby().clusterId}`))
      expect(deletion).toMatchObject({ name: 'Delete standby OB cluster', status: 'RUNNING' })
      await succeeded(here, deletion.id)
      expect(await ask('GET', `${clusters}/${standby().clusterId}`)).toMatchObject({ status: 404 })
    })
  })
}
