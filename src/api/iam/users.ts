import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { Secret } from '../../quote.ts'
import type { User } from '../../store/index.ts'
import { admin } from '../auth/admin.ts'
import { hashPassword } from '../auth/password.ts'
import { holds, type Role, roleNames, roles } from '../auth/permissions.ts'
import type { Api, Context } from '../context.ts'
import { contents, data, done, paged } from '../http/envelope.ts'
import { ignored } from '../http/fields.ts'
import { found } from '../http/found.ts'
import { because } from '../http/reasons.ts'
import { isoTime } from '../http/time.ts'
import { idParam, paging } from '../http/validation.ts'
import { contentsOf, nothing, one, pageOf } from '../schemas/envelope.ts'
import * as shapes from '../schemas/iam.ts'
import { demandGoodPassword } from './goodPassword.ts'

const someRoles = z.array(z.enum(roleNames)).max(roleNames.length)

const onlyLogin = say`users have a name, a password and roles here`

const newUser = z.strictObject({
  username: z
    .string()
    .regex(
      /^[A-Za-z][\w.@-]{1,47}$/,
      because(say`must be a letter, then letters, digits, _ . @ -, 2 to 48 characters`),
    ),
  password: z.string().max(128),
  roles: someRoles.default([]),
  email: ignored(onlyLogin),
  mobile: ignored(onlyLogin),
  department: ignored(onlyLogin),
  description: ignored(onlyLogin),
  needChangePassword: ignored(onlyLogin),
})
const query = z.strictObject({
  ...paging('id', 'username', 'createTime'),
  keyword: z.string().optional(),
})

export const showUser = ({ id, username, roles: held, createTime, updateTime }: User) => ({
  createTime: isoTime(createTime),
  id,
  roles: held,
  updateTime: isoTime(updateTime),
  username,
})

/**
 * Who manages users gives only what it holds: else it could give itself, or another user of its
 * own, everything.
 */
function demandHeld(callerRoles: readonly string[], given: readonly Role[]): void {
  if (!given.every((role) => role === 'PROFILE' || holds(callerRoles, role)))
    throw new Refused({ code: 'IAM11000' })
}

/** Only an administrator touches a user who is one. */
function demandAdminFor(callerRoles: readonly string[], touched: readonly string[]): void {
  const role: Role = 'ADMIN'
  if (touched.includes(role) && !callerRoles.includes(role)) throw new Refused({ code: 'IAM11000' })
}

/** OCP's `/api/v2/iam/users` and its built-in roles. */
export function users(api: Api, { store }: Context): void {
  const path = '/api/v2/iam/users'
  const userOf = async (id: number): Promise<User> => found(await store.users.get(id), 'user', id)

  api.get(
    path,
    {
      config: {
        permission: 'USER:*:READ',
        call: {
          tag: 'Users',
          id: 'listUsers',
          summary: 'List users',
          reply: pageOf(shapes.user),
        },
      },
      schema: { querystring: query },
    },
    async ({ query }) => paged(await store.users.list(query, query), query, showUser),
  )
  api.get(
    `${path}/:id`,
    {
      config: {
        permission: 'USER:*:READ',
        call: { tag: 'Users', id: 'getUser', summary: 'Get a user', reply: one(shapes.user) },
      },
      schema: { params: idParam },
    },
    async ({ params }) => data(showUser(await userOf(params.id))),
  )
  api.post(
    path,
    {
      config: {
        permission: 'USER:*:CREATE',
        call: { tag: 'Users', id: 'createUser', summary: 'Add a user', reply: one(shapes.user) },
      },
      schema: { body: newUser },
    },
    async (request) => {
      const { body, callerRoles } = request
      demandHeld(callerRoles, body.roles)
      demandGoodPassword(body.password, 'password')
      // OCP gives everyone the role that opens one's own settings.
      const held = [...new Set<Role>([...body.roles, 'PROFILE'])]
      const passwordHash = await hashPassword(new Secret(body.password))
      const user = await store.users.create({ username: body.username, passwordHash, roles: held })
      if (user) {
        request.changed = { after: { username: user.username, roles: user.roles } }
        return data(showUser(user))
      }
      throw new Refused({
        code: 'COM10006',
        args: ['user', body.username],
        field: 'username',
        rejected: body.username,
      })
    },
  )
  api.put(
    `${path}/:id/roles`,
    {
      config: {
        permission: 'USER:*:UPDATE',
        call: {
          tag: 'Users',
          id: 'setUserRoles',
          summary: 'Set the roles of a user',
          description: 'The user has these roles afterwards and no others.',
          reply: one(shapes.user),
        },
      },
      schema: { params: idParam, body: z.strictObject({ roles: someRoles }) },
    },
    async (request) => {
      const { body, callerRoles } = request
      const { id } = request.params
      const before = (await userOf(id)).roles
      demandAdminFor(callerRoles, before)
      demandHeld(
        callerRoles,
        body.roles.filter((role) => !before.includes(role)),
      )
      if (id === admin.id && !body.roles.includes('ADMIN')) throw keptAdmin()
      const user = found(await store.users.setRoles(id, [...new Set(body.roles)]), 'user', id)
      request.changed = { before: { roles: before }, after: { roles: user.roles } }
      return data(showUser(user))
    },
  )
  api.delete(
    `${path}/:id`,
    {
      config: {
        permission: 'USER:*:DELETE',
        call: { tag: 'Users', id: 'deleteUser', summary: 'Remove a user', reply: nothing },
      },
      schema: { params: idParam },
    },
    async (request) => {
      const { callerRoles } = request
      const { id } = request.params
      const { username, roles: held } = await userOf(id)
      demandAdminFor(callerRoles, held)
      if (id === admin.id) throw keptAdmin()
      await store.users.remove(id)
      request.changed = { before: { username, roles: held } }
      return done
    },
  )
  api.get(
    '/api/v2/iam/roles',
    {
      config: {
        permission: 'ROLE:*:READ',
        call: {
          tag: 'Users',
          id: 'listRoles',
          summary: 'List roles with their permissions',
          reply: contentsOf(shapes.role),
        },
      },
    },
    async () => contents(roleNames.map((name) => ({ name, permissions: roles[name] }))),
  )
}

const keptAdmin = (): Refused =>
  new Refused({
    code: 'COM10005',
    args: [say`${admin.username} is the administrator that always is`],
  })
