import { isIP } from 'node:net'
import { z } from 'zod'
import { Refused } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import { prepareHost } from '../operations/index.ts'
import { type Host, hostKinds, hostStatuses, serviceTypes } from '../store/index.ts'
import { callerOf } from './auth/authentication.ts'
import type { Api, Context } from './context.ts'
import { data, done, paged } from './http/envelope.ts'
import { ignored } from './http/fields.ts'
import { found } from './http/found.ts'
import { because } from './http/reasons.ts'
import { isoTime } from './http/time.ts'
import { id, idParam, key, list, paging } from './http/validation.ts'
import { nothing, one, pageOf } from './schemas/envelope.ts'
import * as shapes from './schemas/inventory.ts'
import { readerOf } from './tasks/reader.ts'
import { showHostTask } from './tasks/show.ts'

/** OCP adds this many at once. */
const batchLimit = 50

const ofAgent = say`a setting of OCP 4's agent, which is not passed on to it`

const newHosts = z.strictObject({
  hostBasicDataList: z
    .array(
      z.strictObject({
        innerIpAddress: z
          .string()
          .refine((text) => isIP(text) === 4, because(say`must be an IPv4 address`)),
        serialNumber: z.string().max(128).optional(),
      }),
    )
    .min(1)
    .max(batchLimit),
  sshPort: z.number().int().min(1).max(65_535).default(22),
  kind: z.enum(hostKinds).default('DEDICATED_PHYSICAL_MACHINE'),
  publishPorts: z.array(z.string().max(64)).max(100).optional(),
  idcId: key,
  typeId: key.optional(),
  credentialId: key,
  // Not OCP's: its agent comes with OCP. What is chosen here runs as root on the hosts.
  agentPackageId: key.optional(),
  alias: z.string().max(128).optional(),
  description: z.string().max(1024).optional(),
  mgragentPort: ignored(ofAgent),
  monagentPort: ignored(ofAgent),
  monagentCpuQuota: ignored(ofAgent),
  monagentMemoryQuota: ignored(ofAgent),
})

const changedHost = z.strictObject({ credentialId: key })

const hostIds = z.strictObject({ hostIdList: z.array(key).min(1).max(batchLimit) })

/** As `ssh-keygen -l` prints it. */
const acceptedKey = z.strictObject({
  hostKey: z
    .string()
    .regex(
      /^SHA256:[A-Za-z0-9+/]{43}$/,
      because(say`must be SHA256: and 43 characters, as ssh-keygen -l prints it`),
    ),
})

const query = z.strictObject({
  ...paging('id', 'name', 'status', 'createTime'),
  status: list(z.enum(hostStatuses)).optional(),
  keyword: z.string().optional(),
  idcId: list(id).optional(),
  includedServiceType: list(z.enum(serviceTypes)).optional(),
  excludedServiceType: list(z.enum(serviceTypes)).optional(),
})

const show = (host: Host) => ({
  alias: host.alias,
  architecture: host.architecture,
  createTime: isoTime(host.createTime),
  description: host.description,
  hostAgentId: host.agentStatus === null ? null : host.id,
  hostAgentStatus: host.agentStatus,
  hostAgentVersion: host.agentVersion,
  id: host.id,
  idcDescription: host.idcDescription,
  idcId: host.idcId,
  idcName: host.idcName,
  innerIpAddress: host.innerIpAddress,
  kind: host.kind,
  name: host.name,
  operatingSystem: host.operatingSystem,
  operatingSystemRelease: host.operatingSystemRelease,
  publishPorts: host.publishPorts,
  regionDescription: host.regionDescription,
  regionId: host.regionId,
  regionName: host.regionName,
  serialNumber: host.serialNumber,
  services: host.services.map(({ name, softwarePackageId, type, version }) => ({
    name,
    softwarePackageId,
    type,
    version,
  })),
  sshPort: host.sshPort,
  status: host.status,
  typeDescription: host.typeDescription,
  typeId: host.typeId,
  typeName: host.typeName,
  updateTime: isoTime(host.updateTime),
})

/** OCP's `/api/v2/compute/hosts`. */
export function hosts(api: Api, { store, operations, begin, config }: Context): void {
  const path = '/api/v2/compute/hosts'

  api.post(
    `${path}/batchCreate`,
    {
      config: {
        permission: 'HOST:*:CREATE',
        call: {
          tag: 'Hosts',
          id: 'createHosts',
          summary: 'Add hosts',
          description:
            'Connects to each shapes.host, checks it and installs the OCP agent. Each host has a task of its own: poll each of `contents`.',
          reply: one(shapes.addedHosts),
        },
      },
      schema: { body: newHosts },
    },
    async (request) => {
      const { hostBasicDataList, ...shared } = request.body
      const creator = callerOf(request)
      const accepted = await operations.accept(prepareHost, {
        request: { ...shared, hosts: hostBasicDataList },
        creator,
        traceId: request.id,
      })
      request.madeTask = accepted.task.id
      begin(accepted)
      // OCP's page documents `contents`; its Terraform provider reads `id` and `hostIds`.
      return data({
        contents: accepted.tasks.map((task) => showHostTask(task, readerOf(config, request))),
        hostIds: accepted.tasks.map(({ hostId }) => hostId),
        id: accepted.task.id,
      })
    },
  )
  api.get(
    path,
    {
      config: {
        permission: 'HOST:*:READ',
        call: {
          tag: 'Hosts',
          id: 'listHosts',
          summary: 'List hosts',
          reply: pageOf(shapes.host),
        },
      },
      schema: { querystring: query },
    },
    async ({ query }) => paged(await store.hosts.list(query, query), query, show),
  )
  api.get(
    `${path}/:id`,
    {
      config: {
        permission: 'HOST:*:READ',
        call: {
          tag: 'Hosts',
          id: 'getHost',
          summary: 'Get a host',
          reply: one(shapes.host),
        },
      },
      schema: { params: idParam },
    },
    async ({ params: { id } }) => {
      const host = await store.hosts.get(id)
      if (!host) throw new Refused({ code: 'CMP07005', args: [id] })
      return data(show(host))
    },
  )
  // OCP changes a host's login in its console only.
  api.patch(
    `${path}/:id`,
    {
      config: {
        permission: 'HOST:*:UPDATE',
        call: {
          tag: 'Hosts',
          id: 'updateHost',
          summary: 'Exchange the credential of a host',
          description:
            'The host is logged in to with another credential from now on. Nothing changes for other hosts.',
          reply: one(shapes.host),
        },
      },
      schema: { params: idParam, body: changedHost },
    },
    async (request) => {
      const { id } = request.params
      const before = await store.hosts.get(id)
      const { credentialId } = request.body
      await store.hosts.setCredential(id, credentialId, callerOf(request))
      if (before)
        request.changed = {
          before: { credentialId: before.credentialId },
          after: { credentialId },
        }
      return data(show(found(await store.hosts.get(id), 'host', id)))
    },
  )
  // OCP keeps no host keys; one that changed is refused until it was looked at and accepted here.
  api.post(
    `${path}/:id/acceptHostKey`,
    {
      config: {
        permission: 'HOST:*:UPDATE',
        call: {
          tag: 'Hosts',
          id: 'acceptHostKey',
          summary: 'Accept a changed SSH host key',
          description:
            'A host whose key has changed is refused until its new key is accepted here, for example after it was installed anew.',
          reply: nothing,
        },
      },
      schema: { params: idParam, body: acceptedKey },
    },
    async (request) => {
      const { hostKey } = request.body
      const { id } = request.params
      const before = await store.hosts.get(id)
      if (!(await store.hosts.acceptKey(id, hostKey)))
        throw new Refused({ code: 'CMP07005', args: [id] })
      request.changed = { before: { hostKey: before?.hostKey ?? null }, after: { hostKey } }
      return done
    },
  )
  api.delete(
    `${path}/:id`,
    {
      config: {
        permission: 'HOST:*:DELETE',
        call: {
          tag: 'Hosts',
          id: 'deleteHost',
          summary: 'Remove a host',
          description:
            'Forgets the host. What is installed on it stays. Refused while it serves a cluster or a task works on it.',
          reply: nothing,
        },
      },
      schema: { params: idParam },
    },
    async ({ params: { id } }) => {
      await store.hosts.remove([id])
      return done
    },
  )
  api.post(
    `${path}/batchDelete`,
    {
      config: {
        permission: 'HOST:*:DELETE',
        call: {
          tag: 'Hosts',
          id: 'deleteHosts',
          summary: 'Remove hosts',
          description: 'All of them or none.',
          reply: nothing,
        },
      },
      schema: { body: hostIds },
    },
    async ({ body: { hostIdList } }) => {
      await store.hosts.remove(hostIdList, (index) => `hostIdList[${index}]`)
      return done
    },
  )
}
