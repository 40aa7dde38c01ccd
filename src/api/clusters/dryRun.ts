import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { type Said, say } from '../../errors/say.ts'
import type { HostFinding } from '../../oceanbase/index.ts'
import type { NewCluster } from '../../operations/index.ts'
import { mostLooked } from '../../plan/dryRun.ts'
import { expand } from '../../plan/expand.ts'
import type { CreateLook } from '../../store/index.ts'
import { callerOf } from '../auth/authentication.ts'
import type { Context } from '../context.ts'
import { findingShower } from '../http/errors.ts'
import { inTurns } from '../http/inTurns.ts'
import { hostFindingFor, readerOf } from '../tasks/reader.ts'
import { showCreated, showCreatedSubtask } from '../tasks/show.ts'
import type { CreateRequest } from './request.ts'
import { objections } from './rules.ts'

type Servers = CreateLook['cluster']['zones'][number]['servers']

/** The first hosts of a create, and those that are too many to be looked at. */
function withinLimit({ cluster, ...rest }: CreateLook): {
  readonly look: CreateLook
  readonly passed: Servers
} {
  const passed: Servers[number][] = []
  let room = mostLooked
  const zones = cluster.zones.map((zone) => {
    const servers = zone.servers.slice(0, room)
    passed.push(...zone.servers.slice(room))
    room -= servers.length
    return { ...zone, servers }
  })
  return { look: { ...rest, cluster: { ...cluster, zones } }, passed }
}

const unseen = (
  { hostId, ip }: Servers[number],
  level: HostFinding['level'],
  message: Said,
): HostFinding => ({
  code: 'COM10004',
  item: say`host`,
  level,
  message,
  advice: say`ask again, or post the create: its pre-check looks at every host`,
  hostId,
  host: ip,
})

/**
 * What is found on the hosts, all of it in one list; an engine that does not answer in time is a
 * finding about each of them.
 */
async function preCheck(
  { lookAtHosts }: Context,
  whole: CreateLook | undefined,
  request: FastifyRequest,
): Promise<HostFinding[]> {
  if (whole === undefined) return []
  const { look, passed } = withinLimit(whole)
  const beyond = passed.map((server) =>
    unseen(server, 'WARN', say`only ${mostLooked} hosts are looked at in a dry run`),
  )
  try {
    return [...(await lookAtHosts(look)), ...beyond]
  } catch (error) {
    request.log.warn({ err: error }, 'the hosts of a dry run could not be looked at')
    const servers = look.cluster.zones.flatMap((zone) => zone.servers)
    return [
      ...servers.map((server) =>
        unseen(server, 'FATAL', say`no worker looked at this host in time`),
      ),
      ...beyond,
    ]
  }
}

/**
 * The answer to a create that is only asked about: the create's own reply, as it would be, with
 * all findings against it. There is no task and no cluster, so their ids are null; ids of
 * subtasks are their places in the plan, from 1, and edges name those.
 */
export async function dryRun(
  context: Context,
  request: FastifyRequest,
  body: CreateRequest,
  wanted: NewCluster,
) {
  const { config, operations } = context
  const { findings, look, obClusterId, task } = await operations.dryRunCluster(wanted)
  const found = await preCheck(context, look, request)
  const show = findingShower(config, request)
  const creator = callerOf(request)
  const subtasks = task ? expand(task.plan, task.targets) : []
  await turn()
  const place = (index: number): number => index + 1
  const planned = {
    id: null,
    name: task?.plan.name ?? '',
    clusterId: null,
    clusterName: wanted.name,
    obClusterId,
    context: task?.context ?? { stringMap: {}, listMap: {} },
    creatorId: creator.id,
    creator: creator.name,
    startTime: new Date(),
    subtasks: [],
  }
  const reader = readerOf(config, request)
  const admission = await inTurns([...objections(body, config), ...findings], show)
  const tasks = await inTurns(
    subtasks,
    ({ index, name, host, parallelIdx, timeoutSeconds, ...edges }) => ({
      ...showCreatedSubtask(
        {
          id: place(index),
          name,
          upstreams: edges.upstreams.map(place),
          downstreams: edges.downstreams.map(place),
        },
        reader,
      ),
      ...(host && { hostId: host.id, hostIp: host.ip }),
      parallelIdx,
      timeout: timeoutSeconds,
    }),
  )
  return {
    ...showCreated(planned, reader),
    admission,
    preCheck: found.map((each) => hostFindingFor(reader, each)),
    tasks,
  }
}
