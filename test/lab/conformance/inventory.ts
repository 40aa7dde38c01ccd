import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { addHosts, labHost, succeeded, type Where, withId } from './here.ts'

const page = z.looseObject({
  contents: z.array(z.looseObject({ id: z.number(), fileName: z.string().optional() })),
})
const uploaded = z.looseObject({
  id: z.number(),
  fileName: z.string(),
  sha1: z.string(),
  downloadUrl: z.string(),
})

export function inventoryCalls(where: Where): void {
  describe('inventory', () => {
    it.each([
      ['regions', { name: 'shanghai', description: 'east' }],
      ['idcs', { name: 'sh1', description: 'first', regionId: 1 }],
      ['hostTypes', { name: 'large', description: 'much of all' }],
    ])('%s are added, listed, read and removed', async (kind, body) => {
      const { ask, must } = where().talk
      const path = `/api/v2/compute/${kind}`
      const { id } = withId.parse(await must('POST', path, body))
      const { contents } = page.parse(
        await must('GET', `${path}?page=1&size=10&sort=name,asc&keyword=${body.name}`),
      )
      expect(contents).toMatchObject([{ id, ...body }])
      expect(await must('GET', `${path}/${id}`)).toMatchObject({ id, ...body })
      expect(await must('DELETE', `${path}/${id}`)).toBeUndefined()
      expect(await ask('GET', `${path}/${id}`)).toMatchObject({ status: 404 })
    })

    it('logins for hosts are added, listed, read, changed and removed', async () => {
      const { ask, must } = where().talk
      const path = '/api/v2/profiles/me/credentials'
      const login = { type: 'PASSWORD', username: 'root', passphrase: 'some-word' }
      const body = { targetType: 'HOST', name: 'by password', sshCredentialProperty: login }
      const { id } = withId.parse(await must('POST', path, body))
      expect(page.parse(await must('GET', `${path}?sort=id,desc`)).contents[0]).toMatchObject({
        id,
        name: 'by password',
      })
      expect(await must('GET', `${path}/${id}`)).toMatchObject({
        sshCredentialProperty: { username: 'root' },
      })
      await must('PUT', `${path}/${id}`, { ...body, name: 'renamed' })
      expect(
        await must('PATCH', `${path}/${id}`, { sshCredentialProperty: { username: 'admin' } }),
      ).toMatchObject({
        name: 'renamed',
        sshCredentialProperty: { username: 'admin' },
      })
      expect(await must('DELETE', `${path}/${id}`)).toBeUndefined()
      expect(await ask('GET', `${path}/${id}`)).toMatchObject({ status: 404 })
    })

    it('a package is listed by every filter, downloaded whole, removed, and uploaded again', async () => {
      const { ask, must } = where().talk
      const path = '/api/v2/software-packages'
      const filters =
        'type=OBPROXY_INSTALL_PACKAGE&version=3.2.3,2.2.73&operatingSystem=el7,el8&architecture=x86_64,aarch64'
      const { contents } = page.parse(
        await must('GET', `${path}?page=1&size=10&sort=version,asc&keyword=obproxy&${filters}`),
      )
      expect(contents).toHaveLength(1)
      const found = uploaded.parse(contents[0])
      const { body } = await ask('GET', new URL(found.downloadUrl).pathname)
      const bytes = Buffer.from(z.string().parse(body), 'latin1')
      expect(createHash('sha1').update(bytes).digest('hex')).toBe(found.sha1)
      expect(await must('DELETE', `${path}/${found.id}`)).toBeUndefined()
      const form = new FormData()
      form.set('file', new Blob([bytes]), found.fileName)
      expect(await must('POST', path, form)).toMatchObject({
        fileName: found.fileName,
        sha1: found.sha1,
        size: bytes.length,
      })
      form.set('file', new Blob([bytes]), found.fileName)
      expect(await must('POST', path, form)).toMatchObject({
        fileName: found.fileName,
        sha1: found.sha1,
      })
    })

    it('hosts are listed by every filter, removed one by one and together, and added: both forms of the reply', async () => {
      const here = where()
      const { ask, must } = here.talk
      const path = '/api/v2/compute/hosts'
      const listed = async (filters: string) => {
        const list = await must(
          'GET',
          `${path}?page=1&size=10&sort=id,asc&status=AVAILABLE,ONLINE&keyword=10&idcId=1&${filters}`,
        )
        return page.parse(list).contents.map(({ id }) => id)
      }
      expect(await listed('excludedServiceType=OMS')).toEqual(here.hostIds)
      expect(await listed('includedServiceType=OB_CLUSTER,OB_PROXY')).toEqual(
        here.hostIds.slice(0, 1),
      )

      const print = (
        await labHost(here, 3).must(['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub'])
      ).split(' ')[1]
      expect(
        await must('POST', `${path}/${here.hostIds[3]}/acceptHostKey`, { hostKey: print }),
      ).toBeUndefined()
      const last = here.hostIds[3]
      expect(await must('DELETE', `${path}/${last}`)).toBeUndefined()
      expect(await ask('GET', `${path}/${last}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'CMP07005' } },
      })
      const one = await addHosts(here, [3])
      expect(one.contents).toMatchObject([
        { id: one.id, name: 'Prepare host', hostId: one.hostIds[0], status: 'RUNNING' },
      ])
      await succeeded(here, one.id)

      expect(
        await must('POST', `${path}/batchDelete`, {
          hostIdList: [here.hostIds[2], here.hostIds[3]],
        }),
      ).toBeUndefined()
      const both = await addHosts(here, [2, 3])
      expect(both.contents).toMatchObject(
        both.hostIds.map((hostId) => ({ name: 'Prepare host', hostId })),
      )
      await succeeded(here, both.id)
      for (const { id } of both.contents)
        expect(await must('GET', `/api/v2/tasks/instances/${id}`)).toMatchObject({
          status: 'SUCCESSFUL',
        })
      expect(await must('GET', `${path}/${here.hostIds[3]}`)).toMatchObject({
        status: 'AVAILABLE',
        hostAgentStatus: 'AVAILABLE',
      })
      const changed = await must('PATCH', `${path}/${here.hostIds[3]}`, { credentialId: 1 })
      expect(changed).toMatchObject({ id: here.hostIds[3], status: 'AVAILABLE' })
    })
  })
}
