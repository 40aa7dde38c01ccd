import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Refused } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import { Secret } from '../quote.ts'
import { readPrivateKey } from '../sshKey.ts'
import type { Credential, CredentialReader } from '../store/index.ts'
import { callerOf } from './auth/authentication.ts'
import type { Api, Context } from './context.ts'
import { data, done, paged } from './http/envelope.ts'
import { ignored } from './http/fields.ts'
import { found, removed } from './http/found.ts'
import { because } from './http/reasons.ts'
import { isoTime } from './http/time.ts'
import { idParam, paging } from './http/validation.ts'
import { nothing, one, pageOf } from './schemas/envelope.ts'
import * as shapes from './schemas/inventory.ts'

const login = z.strictObject({
  type: z.enum(['PASSWORD', 'PRIVATE_KEY']),
  username: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]*\$?$/i, because(say`must be a Linux user name`))
    .max(32),
  /**
   * The password, or the private key in PEM, PKCS#8 or OpenSSH form, without a passphrase of its
   * own.
   */
  passphrase: z.string().min(1).max(65_536),
  hostIdList: ignored(say`a login is not bound to hosts here`),
})

const ignoredByAll = {
  description: ignored(say`a login has no description here`),
  validate: ignored(say`logins are not tried out when they are stored`),
  obJdbcCredentialProperty: ignored(say`only logins of hosts are kept here`),
}

/** Hosts at these addresses may be added with it by others than its owner. */
const sharedAddresses = z.array(z.ipv4()).max(10_000).optional()

const newCredential = z.strictObject({
  targetType: z.literal('HOST'),
  name: z.string().max(128).trim().min(1),
  sshCredentialProperty: login,
  sharedAddresses,
  ...ignoredByAll,
})

/**
 * What is to change; what is not given stays. A login's type and secret go together: a password is
 * no key.
 */
const changedCredential = z.strictObject({
  targetType: z.literal('HOST').optional(),
  name: z.string().max(128).trim().min(1).optional(),
  sshCredentialProperty: z
    .strictObject({ ...login.partial().shape })
    .refine(
      ({ type, passphrase }) => type === undefined || passphrase !== undefined,
      because(say`a type needs its passphrase`),
    )
    .optional(),
  sharedAddresses,
  ...ignoredByAll,
})

/**
 * A login's secret as it is stored. Throws Refused when a private key is none that a host could be
 * reached with.
 */
function secretOf(type: Credential['type'], passphrase: string): Secret {
  if (type === 'PASSWORD') return new Secret(passphrase)
  const read = readPrivateKey(passphrase)
  if ('key' in read) return new Secret(read.key)
  const field = 'sshCredentialProperty.passphrase'
  throw new Refused({ code: 'COM10001', args: [field, read.objection], field })
}

/** What the audit has of a login: where it leads, not how. */
const audited = ({ name, type, username, sharedAddresses }: Credential) => ({
  name,
  sharedAddresses,
  type,
  username,
})

/** Never with its passphrase. */
const show = (found: Credential) => {
  const { id, name, targetType, type, username, owner, sharedAddresses, createTime, updateTime } =
    found
  return {
    createTime: isoTime(createTime),
    id,
    name,
    owner,
    sharedAddresses,
    sshCredentialProperty: { type, username },
    targetType,
    updateTime: isoTime(updateTime),
  }
}

const isAdmin = (request: FastifyRequest): boolean =>
  request.callerRoles.some((role) => role === 'ADMIN')

const readerOf = (request: FastifyRequest): CredentialReader => ({
  id: callerOf(request).id,
  all: isAdmin(request),
})

const changeCredential = {
  tag: 'Credentials',
  summary: 'Change a credential',
  description:
    'Only what is given changes. Hosts that use the credential use the new login from then on.',
  reply: one(shapes.credential),
} as const

/**
 * OCP's `/api/v2/profiles/me/credentials`: logins for hosts, each its maker's own. Whoever may say
 * where a login is used can have it sent to a machine of his own, so only the owner does. An
 * administrator sees all, and may change or delete one whose owner is gone.
 */
export function credentials(api: Api, { store }: Context): void {
  const path = '/api/v2/profiles/me/credentials'

  api.post(
    path,
    {
      config: {
        permission: 'HOST:*:CREATE',
        call: {
          tag: 'Credentials',
          id: 'createCredential',
          summary: 'Add a credential',
          description:
            'A user name with a password or a private key. The secret is sealed and never shown again.',
          reply: one(shapes.credential),
        },
      },
      schema: { body: newCredential },
    },
    async (request) => {
      const { name, targetType, sshCredentialProperty: login, sharedAddresses } = request.body
      const { type, username } = login
      const created = await store.credentials.create({
        name,
        targetType,
        type,
        username,
        passphrase: secretOf(type, login.passphrase),
        owner: callerOf(request),
        sharedAddresses,
      })
      if (!created)
        throw new Refused({
          code: 'COM10006',
          args: ['credential', name],
          field: 'name',
          rejected: name,
        })
      request.changed = { after: audited(created) }
      return data(show(created))
    },
  )
  const query = z.strictObject({
    ...paging('id', 'name'),
    targetType: z.literal('HOST').optional(),
  })
  api.get(
    path,
    {
      config: {
        permission: 'HOST:*:READ',
        call: {
          tag: 'Credentials',
          id: 'listCredentials',
          summary: 'List credentials',
          reply: pageOf(shapes.credential),
        },
      },
      schema: { querystring: query },
    },
    async (request) =>
      paged(await store.credentials.list(readerOf(request), request.query), request.query, show),
  )
  const visible = async (request: FastifyRequest, id: number): Promise<Credential> => {
    const { id: callerId, all } = readerOf(request)
    const credential = found(await store.credentials.get(id), 'credential', id)
    const shown = all || credential.ownerId === callerId || credential.sharedAddresses.length > 0
    return found(shown ? credential : undefined, 'credential', id)
  }
  /** Refuses callers who may see a credential but not change it. */
  const changeable = async (
    request: FastifyRequest,
    id: number,
    sharing: boolean,
  ): Promise<void> => {
    const { ownerId } = await visible(request, id)
    if (ownerId === callerOf(request).id || (isAdmin(request) && !sharing)) return
    throw new Refused({ code: 'IAM11000' })
  }
  api.get(
    `${path}/:id`,
    {
      config: {
        permission: 'HOST:*:READ',
        call: {
          tag: 'Credentials',
          id: 'getCredential',
          summary: 'Get a credential',
          reply: one(shapes.credential),
        },
      },
      schema: { params: idParam },
    },
    async (request) => data(show(await visible(request, request.params.id))),
  )
  api.route({
    method: ['PATCH', 'PUT'],
    url: `${path}/:id`,
    config: {
      permission: 'HOST:*:UPDATE',
      call: {
        PUT: { id: 'putCredential', ...changeCredential },
        PATCH: { id: 'updateCredential', ...changeCredential },
      },
    },
    schema: { params: idParam, body: changedCredential },
    async handler(request) {
      const { id } = request.params
      const {
        name,
        sharedAddresses,
        sshCredentialProperty: { passphrase, type, username } = {},
      } = request.body
      await changeable(request, id, sharedAddresses !== undefined)
      const before = await store.credentials.get(id)
      // A secret that comes alone is of the type that the login has.
      const kept = type ?? (passphrase && before?.type)
      const change = {
        sharedAddresses,
        ...(name !== undefined && { name }),
        ...(type !== undefined && { type }),
        ...(username !== undefined && { username }),
        ...(passphrase && { passphrase: secretOf(kept || 'PASSWORD', passphrase) }),
      }
      const changed = await store.credentials.update(id, change)
      if (changed === 'taken')
        throw new Refused({
          code: 'COM10006',
          args: ['credential', name ?? ''],
          field: 'name',
          rejected: name,
        })
      const after = found(changed === 'missing' ? undefined : changed, 'credential', id)
      request.changed = { ...(before && { before: audited(before) }), after: audited(after) }
      return data(show(after))
    },
  })
  api.delete(
    `${path}/:id`,
    {
      config: {
        permission: 'HOST:*:DELETE',
        call: {
          tag: 'Credentials',
          id: 'deleteCredential',
          summary: 'Remove a credential',
          description: 'Refused with 409 while a host uses it.',
          reply: nothing,
        },
      },
      schema: { params: idParam },
    },
    async (request) => {
      const { id } = request.params
      await changeable(request, id, false)
      const before = await store.credentials.get(id)
      removed(await store.credentials.remove(id), 'credential', id)
      request.changed = { ...(before && { before: audited(before) }) }
      return done
    },
  )
}
