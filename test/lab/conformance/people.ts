import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sign } from '../../api/sign.ts'
import type { Where } from './here.ts'
import { withId } from './here.ts'

const key = z.object({ accessKeyId: z.string(), accessKeySecret: z.string() })
const users = '/api/v2/iam/users'
const me = '/api/v2/profiles/me'

export function peopleCalls(where: Where): void {
  describe('users', () => {
    it('are added, listed, read, given roles and removed; what they may not do is refused', async () => {
      const { ask, must } = where().talk
      const viewer = { username: 'alice', password: 'Change-me-2' }
      const { id } = withId.parse(
        await must('POST', users, { ...viewer, roles: ['CLUSTER_VIEWER'] }),
      )
      expect(
        await must('GET', `${users}?keyword=alic&page=1&size=10&sort=username,asc`),
      ).toMatchObject({ contents: [{ id }] })
      expect(await must('GET', `${users}/${id}`)).toMatchObject({ username: 'alice' })
      const cluster = { name: 'no', type: 'PRIMARY', password: 'x', zones: [] }
      expect(await ask('POST', '/api/v2/ob/clusters', cluster, viewer)).toMatchObject({
        status: 403,
        body: { error: { code: 'IAM11000' } },
      })
      expect(
        await must('PUT', `${users}/${id}/roles`, { roles: ['TASK_VIEWER', 'PROFILE'] }),
      ).toMatchObject({
        roles: ['TASK_VIEWER', 'PROFILE'],
      })
      expect(await must('GET', '/api/v2/iam/roles')).toMatchObject({ contents: expect.any(Array) })
      const changed = { currentPassword: viewer.password, newPassword: 'Change-me-3' }
      expect(await must('POST', `${me}/changePassword`, changed, viewer)).toBeUndefined()
      expect(
        await must('GET', me, undefined, { ...viewer, password: 'Change-me-3' }),
      ).toMatchObject({ username: 'alice' })
      expect(await must('DELETE', `${users}/${id}`)).toBeUndefined()
      expect(await ask('GET', `${users}/${id}`)).toMatchObject({ status: 404 })
    })

    it('log in by form and out again', async () => {
      const { ask, must } = where().talk
      const login = { username: 'form', password: 'Change-me-2' }
      const { id } = withId.parse(await must('POST', users, login))
      expect(await ask('POST', '/api/v2/session', login, null)).toMatchObject({
        status: 200,
        body: { data: { user: { id } } },
      })
      await must('DELETE', `${users}/${id}`)
      expect(await must('GET', '/api/v2/session')).toMatchObject({
        user: { roles: expect.arrayContaining(['ADMIN']) },
      })
      expect(await must('DELETE', '/api/v2/session')).toBeUndefined()
    })

    it('sign calls with an access key of their own, as long as it is there', async () => {
      const { api, must } = where().talk
      const made = key.parse(await must('POST', `${me}/accessKeys`, {}))
      const url = '/api/v2/ob/clusters?size=1'
      const signed = async () => {
        const { host: _, ...headers } = sign(made, {
          url,
          date: new Date(),
          host: new URL(api).host,
        })
        return (await fetch(`${api}${url}`, { headers })).status
      }
      expect(await signed()).toBe(200)
      expect(await must('GET', `${me}/accessKeys`)).toMatchObject({
        contents: [{ accessKeyId: made.accessKeyId }],
      })
      expect(await must('DELETE', `${me}/accessKeys/${made.accessKeyId}`)).toBeUndefined()
      expect(await signed()).toBe(401)
    })
  })
}
