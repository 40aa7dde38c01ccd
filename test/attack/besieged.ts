import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { snapshot } from '../../lab/hosts/snapshot.ts'
import { roleNames } from '../../src/api/auth/permissions.ts'
import { causes, type Scene } from '../lab/scene.ts'
import { type Attempt, attempt, type Target } from './target.ts'

/** Password of the one-role users, `of_<role>`. */
export const rolePassword = 'Role=words-12'
/** Password of root in the cluster. */
export const rootPassword = 'Attack-root-88'

/** Of what is found before and after, this may differ: when something was last looked at. */
const moving = /"(updateTime|lastSeen|timestamp|traceId|duration|server)":("[^"]*"|\d+),?/g

const lists = [
  '/api/v2/ob/clusters?size=100',
  '/api/v2/compute/hosts?size=100',
  '/api/v2/compute/idcs?size=100',
  '/api/v2/compute/regions?size=100',
  '/api/v2/compute/hostTypes?size=100',
  '/api/v2/tasks/instances?size=100',
  '/api/v2/profiles/me/credentials?size=100',
  '/api/v2/profiles/me/accessKeys',
  '/api/v2/software-packages?size=100',
  '/api/v2/obproxy/clusters?size=100',
  '/api/v2/iam/users?size=100',
]

/** A cluster that runs, users of every role, and all that is on its host and in the store. */
export interface Besieged {
  readonly target: Target
  /** What is on the host or in the store now and was not, or the other way round. */
  changes(): Promise<string[]>
}

/** Makes a cluster and users on the one host of a scene, for strangers to attack. */
export async function besiege(scene: Scene, doors: readonly string[]): Promise<Besieged> {
  const [host] = scene.lab.hosts
  if (!host) throw new Error('the lab has no host')
  const name = 'besieged'
  const { id, clusterId } = await scene.create({
    name,
    password: rootPassword,
    version: '4.2.1.8',
    zones: [{ name: 'zone1', hosts: [0] }],
  })
  const created = await scene.ended(id)
  if (created.status !== 'SUCCESSFUL') throw new Error(causes(created))
  const workflowIds: string[] = []
  for await (const { workflowId } of scene.temporal.workflow.list()) workflowIds.push(workflowId)
  for (const role of roleNames)
    await scene.send('POST', '/api/v2/iam/users', {
      username: `of_${role.toLowerCase()}`,
      password: rolePassword,
      roles: [role],
    })

  const look = async (): Promise<string[]> => {
    const { files, packages, processes } = await snapshot(host, { contents: false })
    const texts = await Promise.all(
      lists.map(async (path) => {
        const answer = await scene.fetch(path)
        if (!answer.ok) throw new Error(`${path} answers ${answer.status}`)
        return `${path} ${(await answer.text()).replace(moving, '')}`
      }),
    )
    const { status, operation, subtasks } = await scene.task(id)
    const count = (await host.exec('cat /home/admin/oceanbase/run/bootstrap.count')).stdout
    // Logs, and the stand-in's own database, go on by themselves.
    const data = files.filter((line) => !/\/(log|run|etc|kernel\/store|clog)\//.test(line))
    const lines = (of: string, list: readonly string[]) => list.map((line) => `${of}: ${line}`)
    return [
      ...lines('file', data),
      ...lines('package', packages),
      ...lines('process', processes),
      ...lines('store', texts),
      `BOOTSTRAP begun: ${count}`,
      `task: ${JSON.stringify({ status, operation, subtasks: subtasks.map((each) => [each.name, each.status, each.runTime]) })}`,
    ]
  }
  // The host's agent and the kernel settle.
  await pause(5000)
  const before = await look()
  return {
    target: {
      doors: [...doors],
      temporal: String(scene.obflow.temporal.address),
      namespace: scene.obflow.namespace,
      dataDir: scene.dataDir,
      clusterId,
      clusterName: name,
      hostId: scene.inventory.hostIds[0] ?? 0,
      hostIp: host.ip,
      taskId: id,
      firstSubtaskId: Math.min(...created.subtasks.map((subtask) => subtask.id)),
      workflowIds,
    },
    async changes() {
      const after = await look()
      return [
        ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
        ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
      ].map((line) => line.slice(0, 1500))
    },
  }
}

/** What another user of this machine tries, and how far it gets. */
export async function attackAsStranger(target: Target): Promise<Attempt[]> {
  const child = fork(join(import.meta.dirname, 'stranger.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.send(target)
  const [message] = await once(child, 'message')
  return z.array(attempt).parse(message)
}
