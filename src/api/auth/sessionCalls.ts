import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import packageFile from '../../../package.json' with { type: 'json' }
import { Secret } from '../../quote.ts'
import type { User } from '../../store/index.ts'
import type { Api, Context } from '../context.ts'
import { data, done } from '../http/envelope.ts'
import { found } from '../http/found.ts'
import { isoTime } from '../http/time.ts'
import { showUser } from '../iam/users.ts'
import { nothing, one } from '../schemas/envelope.ts'
import * as shapes from '../schemas/iam.ts'
import { callerOf } from './authentication.ts'
import { allows, permissionNames } from './permissions.ts'

const login = z.strictObject({
  username: z.string().min(1).max(128),
  password: z.string().max(128),
})

/** Login and logout of the console: a session by cookie. OCP's own page has its own way. */
export function session(api: Api, { store, checkPassword, sessions, config }: Context): void {
  const path = '/api/v2/session'
  const show = (user: User, request: FastifyRequest) => ({
    ...(request.session && {
      expireTime: isoTime(request.session.expireTime),
      idleTimeout: sessions.idleMs / 1000,
    }),
    permissions: permissionNames.filter((name) => allows(user.roles, name)),
    ...(config.temporalUi !== undefined && { temporalUi: config.temporalUi }),
    user: showUser(user),
    version: packageFile.version,
  })

  api.post(
    path,
    {
      config: {
        permission: 'OPEN',
        call: {
          tag: 'Profile',
          id: 'login',
          summary: 'Log in by form',
          description:
            'Sets the cookie `obflow_session` (behind TLS `__Host-obflow_session`), which stands for the login until it is not used for a while, 12 h have passed, or the password is changed. Wrong passwords are counted as everywhere: 401, with `Retry-After` in seconds once the login is blocked. Calls by cookie that change something must come from a page of this address.',
          reply: one(shapes.session),
        },
      },
      schema: { body: login },
    },
    async (request, reply) => {
      const { username, password } = request.body
      const user = await checkPassword(
        { username, password: new Secret(password) },
        request.ip,
        request.socket,
      )
      sessions.enter(request, reply, user)
      request.session = await sessions.begin(request, reply, user)
      return data(show(user, request))
    },
  )
  api.get(
    path,
    {
      config: {
        permission: 'AUTHENTICATED',
        call: {
          tag: 'Profile',
          id: 'getSession',
          summary: 'Get the calling user, and what the user may do',
          description: 'Also for other logins than by form; those have no end.',
          reply: one(shapes.session),
        },
      },
    },
    async (request) => {
      const { id } = callerOf(request)
      return data(show(found(await store.users.get(id), 'user', id), request))
    },
  )
  api.delete(
    path,
    {
      config: {
        permission: 'AUTHENTICATED',
        call: {
          tag: 'Profile',
          id: 'logout',
          summary: 'Log out',
          description: 'Ends the session of the cookie; other logins are left alone.',
          reply: nothing,
        },
      },
    },
    async (request, reply) => {
      if (request.session) await sessions.end(request, reply, request.session)
      return done
    },
  )
}
