import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import {
  type BuiltPackage,
  buildPackages,
  createLab,
  type Lab,
  type LabHost,
  type LabPackage,
} from '../../lab/index.ts'
import { uploadPackages } from '../../lab/scenario.ts'
import { type ApiClient, createClient, UnreachableError } from '../../src/cli/client.ts'
import { type Subtask, type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import { type Former, serveFormer } from './product.ts'

const id = z.object({ id: z.number() })
const added = z.object({ id: z.number(), hostIds: z.array(z.number()) })
const nothing = z.unknown()
const pollMs = 500

export const password = 'Aa11--pylon'

/** A zone on the hosts at these places, each host of a zone in that zone's IDC. */
export interface ZoneOn {
  readonly idc: string
  readonly host: number
}

export interface FormerScene extends AsyncDisposable {
  readonly lab: Lab
  readonly api: ApiClient
  host(at: number): LabHost
  fileOf(name: string, version: string): string
  upload(name: string, version: string): Promise<void>
  /** "Prepare host" of one host: the task. */
  prepare(at: number, idc: string): Promise<number>
  create(
    name: string,
    version: readonly [string, string],
    zones: readonly ZoneOn[],
    more?: object,
  ): Promise<number>
  task(taskId: number): Promise<Task>
  /** The task when it no longer runs. */
  ended(taskId: number): Promise<Task>
  retry(taskId: number): Promise<Task>
  /** Skips what has failed, and waits on. */
  skip(taskId: number): Promise<Task>
  rollBack(taskId: number): Promise<Task>
  log(taskId: number, subtask: string): Promise<string>
}

/** The failures of a task: `<node> on <host>: <code> <message>`. */
export const failures = (task: Task): string =>
  task.subtasks
    .filter(({ status }) => status === 'FAILED')
    .map(
      ({ name, hostIp, error }) =>
        `${name}${hostIp ? ` on ${hostIp}` : ''}: ${error?.code} ${error?.message}`,
    )
    .join('\n')

/** Today's hosts and packages below the former product. */
export async function startFormerScene(
  hosts: number,
  packages: readonly LabPackage[],
): Promise<FormerScene> {
  const built = await buildPackages(packages)
  const lab = await createLab({ hosts })
  try {
    return await onLab(lab, await serveFormer(lab.subnet.replace(/0\/24$/, '1')), built)
  } catch (error) {
    await lab.destroy()
    throw error
  }
}

async function onLab(
  lab: Lab,
  former: Former,
  built: readonly BuiltPackage[],
): Promise<FormerScene> {
  const api = createClient({ url: former.url, user: 'admin', password: former.password })
  const post = async <Schema extends z.ZodType>(path: string, body: unknown, schema: Schema) =>
    (await api.post(path, body, schema)).data
  const place = async (path: string, body: object): Promise<number> =>
    (await post(`/api/v2/compute/${path}`, { ...body, description: 'lab' }, id)).id

  const idcs = new Map<string, number>()
  for (const region of ['east', 'west']) {
    const regionId = await place('regions', { name: region })
    for (const number of [1, 2, 3]) {
      const name = `${region}${number}`
      idcs.set(name, await place('idcs', { name, regionId }))
    }
  }
  const typeId = await place('hostTypes', { name: 'lab' })
  const { id: credentialId } = await post(
    '/api/v2/profiles/me/credentials',
    {
      targetType: 'HOST',
      name: 'lab',
      sshCredentialProperty: {
        type: 'PRIVATE_KEY',
        username: 'root',
        passphrase: lab.users.root.privateKey,
      },
    },
    id,
  )
  const ids = new Map<number, number>()
  const host = (at: number): LabHost => {
    const found = lab.hosts[at]
    if (!found) throw new Error(`there is no host ${at}`)
    return found
  }
  const packageOf = (name: string, version: string): BuiltPackage => {
    const found = built.find((one) => one.name === name && one.version === version)
    if (!found) throw new Error(`there is no ${name} ${version}`)
    return found
  }
  const fileOf = (name: string, version: string): string =>
    packageOf(name, version).path.replace(/^.*\//, '')
  const task = async (taskId: number): Promise<Task> =>
    (await api.get(`/api/v2/tasks/instances/${taskId}`, taskSchema)).data
  const ended = async (taskId: number): Promise<Task> => {
    for (;;) {
      const now = await task(taskId).catch((error: unknown) => {
        if (error instanceof UnreachableError) return undefined
        throw error
      })
      if (now && now.status !== 'RUNNING') return now
      await pause(pollMs)
    }
  }
  const ask = async (taskId: number, what: string): Promise<void> => {
    await post(`/api/v2/tasks/instances/${taskId}/${what}`, {}, nothing)
  }
  const failed = (now: Task): readonly Subtask[] =>
    now.subtasks.filter(({ status }) => status === 'FAILED')

  return {
    lab,
    api,
    host,
    fileOf,
    upload: (name, version) => uploadPackages(api, [packageOf(name, version).path]),
    async prepare(at, idc) {
      const { id: taskId, hostIds } = await post(
        '/api/v2/compute/hosts/batchCreate',
        {
          hostBasicDataList: [{ innerIpAddress: host(at).ip }],
          sshPort: host(at).sshPort,
          kind: 'DEDICATED_PHYSICAL_MACHINE',
          idcId: idcs.get(idc),
          typeId,
          credentialId,
        },
        added,
      )
      ids.set(at, hostIds[0] ?? 0)
      return taskId
    },
    async create(name, version, zones, more = {}) {
      const body = {
        type: 'PRIMARY',
        name,
        password,
        rpmName: fileOf(...version),
        zones: zones.map(({ idc, host: at }, index) => ({
          name: `zone${index + 1}`,
          idcName: idc,
          servers: [ids.get(at)],
        })),
        ...more,
      }
      return (await post('/api/v2/ob/clusters', body, id)).id
    },
    task,
    ended,
    async retry(taskId) {
      await ask(taskId, 'retry')
      return ended(taskId)
    },
    async skip(taskId) {
      for (const subtask of failed(await task(taskId)))
        await ask(taskId, `subtasks/${subtask.id}/skip`)
      return ended(taskId)
    },
    async rollBack(taskId) {
      await ask(taskId, 'rollback')
      return ended(taskId)
    },
    async log(taskId, name) {
      const found = (await task(taskId)).subtasks.find((subtask) => subtask.name === name)
      const path = `/api/v2/tasks/instances/${taskId}/subtasks/${found?.id}/log`
      const shown = await api.get(path, z.looseObject({ log: z.string() }))
      return shown.data.log
    },
    async [Symbol.asyncDispose]() {
      await former[Symbol.asyncDispose]()
      await lab.destroy()
    },
  }
}
