import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { Secret } from '../../quote.ts'
import type { AccessKey } from '../../store/index.ts'
import { callerOf } from '../auth/authentication.ts'
import { hashPassword } from '../auth/password.ts'
import type { Api, Context } from '../context.ts'
import type { Call } from '../http/call.ts'
import { contents, data, done } from '../http/envelope.ts'
import { ignored } from '../http/fields.ts'
import { found } from '../http/found.ts'
import { isoTime } from '../http/time.ts'
import { contentsOf, nothing, one } from '../schemas/envelope.ts'
import * as shapes from '../schemas/iam.ts'
import { demandGoodPassword } from './goodPassword.ts'
import { showUser } from './users.ts'

/** Access keys a user may have at a time. */
const maxKeys = 10

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** An AK as OCP makes them: 16 letters. It is a name, not a secret. */
const newAccessKeyId = (): string =>
  Array.from(randomBytes(16), (byte) => letters[byte % letters.length]).join('')
/** An SK as OCP makes them: 32 hex digits. */
const newAccessKeySecret = (): string => randomBytes(16).toString('hex')

const newPassword = z.strictObject({
  currentPassword: z.string().max(128),
  newPassword: z.string().max(128),
  saveToCredential: ignored(say`there is no password box here`),
})
const keyParams = z.object({ accessKeyId: z.string().max(64) })

const showKey = ({ id, createTime }: AccessKey) => ({
  accessKeyId: id,
  createTime: isoTime(createTime),
})

/** One's own settings in OCP: password and access keys. */
export function profile(api: Api, { store, checkPassword }: Context): void {
  const path = '/api/v2/profiles/me'
  const read = (call: Omit<Call, 'tag'>) =>
    ({ permission: 'PROFILE:*:READ', call: { tag: 'Profile', ...call } }) as const
  const update = (call: Omit<Call, 'tag'>) =>
    ({ permission: 'PROFILE:*:UPDATE', call: { tag: 'Profile', ...call } }) as const

  api.get(
    path,
    {
      config: read({ id: 'getProfile', summary: 'Get the calling user', reply: one(shapes.user) }),
    },
    async (request) => {
      const { id } = callerOf(request)
      return data(showUser(found(await store.users.get(id), 'user', id)))
    },
  )
  api.post(
    `${path}/changePassword`,
    {
      config: update({
        id: 'changePassword',
        summary: "Change the caller's password",
        reply: nothing,
      }),
      schema: { body: newPassword },
    },
    async (request) => {
      const { id, name } = callerOf(request)
      const { currentPassword, newPassword } = request.body
      demandGoodPassword(newPassword, 'newPassword')
      // Counted like a login: a stolen access key must not become a way to guess the password.
      await checkPassword(
        { username: name, password: new Secret(currentPassword) },
        request.ip,
        request.socket,
      )
      await store.users.setPasswordHash(id, await hashPassword(new Secret(newPassword)))
      return done
    },
  )

  api.get(
    `${path}/accessKeys`,
    {
      config: read({
        id: 'listAccessKeys',
        summary: "List the caller's access keys",
        reply: contentsOf(shapes.accessKey),
      }),
    },
    async (request) => contents((await store.accessKeys.list(callerOf(request).id)).map(showKey)),
  )
  api.post(
    `${path}/accessKeys`,
    {
      config: update({
        id: 'createAccessKey',
        summary: 'Make an access key',
        description: 'Its secret is in this answer and in no other.',
        reply: one(shapes.createdAccessKey),
      }),
    },
    async (request) => {
      const userId = callerOf(request).id
      const secret = newAccessKeySecret()
      const created = await store.accessKeys.create(
        { id: newAccessKeyId(), userId, secret: new Secret(secret) },
        maxKeys,
      )
      if (created === 'missing')
        throw new Refused({ code: 'IAM10000', args: [say`this user was removed`] })
      if (created === 'many')
        throw new Refused({
          code: 'COM10005',
          args: [say`there are ${maxKeys} access keys already`],
        })
      return data({ ...showKey(created), accessKeySecret: secret })
    },
  )
  api.delete(
    `${path}/accessKeys/:accessKeyId`,
    {
      config: update({ id: 'deleteAccessKey', summary: 'Remove an access key', reply: nothing }),
      schema: { params: keyParams },
    },
    async (request) => {
      const { accessKeyId } = request.params
      if (await store.accessKeys.remove(accessKeyId, callerOf(request).id)) return done
      throw new Refused({ code: 'COM10002', args: ['access key', accessKeyId] })
    },
  )
}
