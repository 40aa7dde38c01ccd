import { openAsBlob, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { ApiClient } from '../src/cli/client.ts'
import { taskSchema } from '../src/cli/taskSchema.ts'
import type { Lab } from './index.ts'

/**
 * What a user of OCP has to tell it before a cluster can be created, told over HTTP like any user
 * would.
 */
const id = z.object({ id: z.number() })
const hostsReply = z.object({ id: z.number(), hostIds: z.array(z.number()) })
const nothing = z.unknown()

const post = async <Schema extends z.ZodType>(
  api: ApiClient,
  path: string,
  body: unknown,
  schema: Schema,
): Promise<z.infer<Schema>> => (await api.post(path, body, schema)).data

export interface Inventory {
  /** Ids of the lab's hosts, in the lab's order. */
  readonly hostIds: readonly number[]
  /** Name of the IDC of each host. */
  readonly idcs: readonly string[]
}

/** Uploads packages; a browser or curl would send the same multipart form. */
export async function uploadPackages(api: ApiClient, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const form = new FormData()
    form.append('file', await openAsBlob(file), basename(file))
    await post(api, '/api/v2/software-packages', form, nothing)
  }
}

/**
 * Region, IDCs, host type, credential and hosts. `idcOf` says in which IDC each host stands; hosts
 * are AVAILABLE when this resolves, which the agent package has to be uploaded for. Fails with what
 * a host's preparation failed with. All IDCs are in one region unless `regionOf` says otherwise.
 */
export async function registerHosts(
  api: ApiClient,
  lab: Lab,
  idcOf: (index: number) => string,
  regionOf: (idc: string) => string = () => 'hangzhou',
): Promise<Inventory> {
  const place = async (path: string, body: object): Promise<number> =>
    (await post(api, `/api/v2/compute/${path}`, { ...body, description: 'lab' }, id)).id
  const idcs = lab.hosts.map((_, index) => idcOf(index))
  const regionIds = new Map<string, number>()
  for (const name of new Set(idcs.map(regionOf)))
    regionIds.set(name, await place('regions', { name }))
  const idcIds = new Map<string, number>()
  for (const name of new Set(idcs)) {
    const regionId = regionIds.get(regionOf(name))
    idcIds.set(name, await place('idcs', { name, regionId }))
  }
  const type = await post(
    api,
    '/api/v2/compute/hostTypes',
    { name: 'lab', description: 'lab host' },
    id,
  )
  const credential = await post(
    api,
    '/api/v2/profiles/me/credentials',
    {
      targetType: 'HOST',
      name: `lab-${lab.name}`,
      sshCredentialProperty: {
        type: 'PRIVATE_KEY',
        username: 'root',
        passphrase: readFileSync(lab.users.root.privateKeyFile, 'utf8'),
      },
    },
    id,
  )
  const prepared: { readonly taskId: number; readonly hostId: number }[] = []
  for (const [index, host] of lab.hosts.entries()) {
    const body = {
      hostBasicDataList: [{ innerIpAddress: host.ip }],
      sshPort: host.sshPort,
      kind: 'DEDICATED_PHYSICAL_MACHINE',
      idcId: idcIds.get(idcs[index] ?? ''),
      typeId: type.id,
      credentialId: credential.id,
    }
    const { id: taskId, hostIds } = await post(
      api,
      '/api/v2/compute/hosts/batchCreate',
      body,
      hostsReply,
    )
    prepared.push(...hostIds.map((hostId) => ({ taskId, hostId })))
  }
  await Promise.all(prepared.map(({ taskId }) => succeeded(api, taskId)))
  return { hostIds: prepared.map(({ hostId }) => hostId), idcs }
}

const pollMs = 100

/** Waits for a "Prepare host" task; throws what it failed with. */
async function succeeded(api: ApiClient, taskId: number): Promise<void> {
  for (;;) {
    const { status, name, subtasks } = (
      await api.get(`/api/v2/tasks/instances/${taskId}`, taskSchema)
    ).data
    if (status === 'SUCCESSFUL') return
    if (status === 'FAILED') {
      const causes = subtasks.flatMap((subtask) =>
        subtask.error ? [`${subtask.name}: ${subtask.error.code} ${subtask.error.message}`] : [],
      )
      throw new Error(`task ${taskId} "${name}" failed: ${causes.join('; ')}`)
    }
    await sleep(pollMs)
  }
}

export interface ZonePlan {
  readonly name: string
  /** Positions of its hosts in the lab. */
  readonly hosts: readonly number[]
}

/** The body of `POST /api/v2/ob/clusters`. */
export const createRequest = (
  inventory: Inventory,
  options: {
    readonly name: string
    readonly password: string
    readonly rpmName: string
    readonly zones: readonly ZonePlan[]
    readonly primaryZone?: string
  },
) => ({
  type: 'PRIMARY',
  name: options.name,
  password: options.password,
  primaryZone: options.primaryZone ?? '',
  rpmName: options.rpmName,
  zones: options.zones.map(({ name, hosts }) => ({
    name,
    idcName: inventory.idcs[hosts[0] ?? 0],
    servers: hosts.map((host) => inventory.hostIds[host]),
  })),
})
