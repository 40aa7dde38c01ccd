import { z } from 'zod'
import { type ApiClient, ApiError } from '../client.ts'
import type { Context } from '../command.ts'
import type { Outcome } from '../exitCodes.ts'
import { named } from '../prompt.ts'
import * as kinds from '../resources/kinds.ts'
import { rehearsal, rehearsalLines } from '../resources/rehearsal.ts'
import { UsageError } from '../usageError.ts'
import { waitFor } from '../wait.ts'
import { newestTask } from './inventorySteps.ts'
import { readTopologyFile } from './topologyFile.ts'
import { hostsOf, lookUp, regionOf, type World } from './world.ts'

const made = z.object({ id: z.number() })
const nothing = z.unknown()

/** A task that removes something, and how it is asked for. */
interface Removal {
  readonly what: string
  /** `?dryRun=true`, or nothing. */
  call(query: string): Promise<unknown>
  /** A task that is there already, instead of one that the call answers with. */
  readonly taskId?: number
  readonly wanted: 'work' | 'rollback'
}

async function removalOfCluster(client: ApiClient, { cluster }: World): Promise<Removal[]> {
  if (cluster === undefined) return []
  const { id, name, status } = cluster
  const post = async (path: string) => (await client.post(path, {}, nothing)).data
  if (status !== 'CREATING')
    return [
      {
        what: `cluster ${name}`,
        call: async (query) =>
          (await client.delete(`${kinds.cluster.path}/${id}${query}`, nothing)).data,
        wanted: 'work',
      },
    ]
  // What was never RUNNING is rolled back: it is not deleted.
  const task = await newestTask(client, { clusterId: id })
  if (task === undefined || task.status === 'RUNNING')
    throw new UsageError(
      `Cluster ${name} is being created: wait for task ${task?.id}, or cancel a subtask of it, then destroy it.`,
    )
  const again = task.operation === 'ROLLBACK' ? 'retry' : 'rollback'
  return [
    {
      what: `cluster ${name}, whose create failed`,
      call: (query) =>
        post(`${kinds.task.path}/${task.id}/${query === '' ? again : 'rollback'}${query}`),
      taskId: task.id,
      wanted: 'rollback',
    },
  ]
}

const removalOfObproxy = (client: ApiClient, { obproxy }: World): Removal[] =>
  obproxy === undefined
    ? []
    : [
        {
          what: `OBProxy cluster ${obproxy.name}`,
          call: async (query) =>
            (await client.delete(`${kinds.obproxy.path}/${obproxy.id}${query}`, nothing)).data,
          wanted: 'work',
        },
      ]

interface Leftover {
  readonly what: string
  readonly path: string
}

/** What `--all` forgets, users before what they use. */
function leftovers(world: World, file: ReturnType<typeof readTopologyFile>): Leftover[] {
  const { topology } = file
  const hosts = hostsOf(topology)
  const found = (
    ids: ReadonlyMap<string, number>,
    names: readonly string[],
    kind: string,
    path: string,
  ) =>
    [...new Set(names)].flatMap((name): Leftover[] => {
      const id = ids.get(name)
      return id === undefined ? [] : [{ what: `${kind} ${name}`, path: `${path}/${id}` }]
    })
  const idcs = hosts.map(({ idc }) => idc)
  return [
    ...[...world.hosts.values()].map(({ id, innerIpAddress }) => ({
      what: `host ${innerIpAddress}`,
      path: `${kinds.host.path}/${id}`,
    })),
    ...found(
      world.credentials,
      hosts.map(({ credential }) => credential),
      'login',
      kinds.credential.path,
    ),
    ...found(world.idcs, idcs, 'IDC', kinds.idc.path),
    ...found(
      world.regions,
      idcs.map((idc) => regionOf(topology, idc)),
      'region',
      kinds.region.path,
    ),
    ...world.packages.flatMap(({ fileName, uploaded }) =>
      uploaded
        ? [{ what: `package ${fileName}`, path: `${kinds.softwarePackage.path}/${uploaded.id}` }]
        : [],
    ),
  ]
}

/** Removes it, or says that something else uses it. */
async function forget(
  client: ApiClient,
  context: Context,
  { path, what }: Leftover,
): Promise<void> {
  try {
    await client.delete(path, nothing)
    context.note(`Forgotten: ${what}`)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error
    context.note(`Kept: ${what} (${error.message})`)
  }
}

interface Destroying {
  readonly yes: boolean
  /** Hosts, logins, places and packages, too. */
  readonly all: boolean
  readonly dryRun: boolean
}

/** Removes the cluster and the proxies of a topology file, data and all. */
export async function destroy(
  context: Context,
  path: string,
  { all, dryRun, yes }: Destroying,
): Promise<Outcome | undefined> {
  const file = readTopologyFile(context.cwd, path)
  const client = await context.client()
  const world = await lookUp(client, file)
  const removals = [...removalOfObproxy(client, world), ...(await removalOfCluster(client, world))]
  const forgotten = all ? leftovers(world, file) : []
  const write = (line: string): unknown => context.stdout.write(`${line}\n`)
  if (removals.length + forgotten.length === 0) {
    write(`Nothing to do: nothing of ${path} is there.`)
    return undefined
  }
  for (const { call, what } of removals) {
    const seen = rehearsal.parse(await call('?dryRun=true'))
    write(`- ${what}`)
    for (const line of rehearsalLines(seen)) write(`    ${line}`)
    // A cluster that proxies serve is free once they are gone.
    if (seen.admission.length > 0 && removals.length === 1) return 'failed'
  }
  for (const { what } of forgotten) write(`- ${what}: forgotten; what is installed stays`)
  if (dryRun) return undefined
  const { name } = file.topology.cluster
  const question = `All of this will be gone, data included. Type ${name} to go on:`
  if (!yes && !(await named(context, question, name))) return 'failed'
  for (const { call, taskId, wanted } of removals) {
    const answer = await call('')
    const outcome = await waitFor(context, taskId ?? made.parse(answer).id, { wanted })
    if (outcome !== 'done') return outcome
  }
  for (const each of forgotten) await forget(client, context, each)
  return undefined
}
