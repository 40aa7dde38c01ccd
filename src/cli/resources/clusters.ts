import { z } from 'zod'
import type { ApiClient } from '../client.ts'
import { arg, type Context, command, flag, option, options } from '../command.ts'
import type { Outcome } from '../exitCodes.ts'
import { confirmed, named } from '../prompt.ts'
import { passwordFile, passwordFrom } from '../secretFlags.ts'
import { UsageError } from '../usageError.ts'
import { waitFor } from '../wait.ts'
import { yes } from './common.ts'
import { parameterOf, serverPackage } from './inventory.ts'
import { cluster, host, obproxy } from './kinds.ts'
import { findingLines, isRefused, plannedCreate, rehearsal, rehearsalLines } from './rehearsal.ts'
import { found } from './resource.ts'
import { detach } from './tasks.ts'

const made = z.object({ id: z.number() })
const which = arg('name or id')
const dryRun = flag('--dry-run', 'say what would happen, and change nothing')

/** Prints what a call would do; fails when something speaks against it. */
export async function rehearse(
  context: Context,
  call: (client: ApiClient, query: string) => Promise<unknown>,
): Promise<Outcome | undefined> {
  const data = rehearsal.parse(await call(await context.client(), '?dryRun=true'))
  context.stdout.write(`${rehearsalLines(data).join('\n')}\n`)
  return data.admission.length === 0 ? undefined : 'failed'
}

/** Waits for the task that a call answered with, unless that is not wanted. */
export async function ended(
  context: Context,
  data: unknown,
  detached: boolean,
): Promise<Outcome | undefined> {
  const { id } = made.parse(data)
  if (!detached) return waitFor(context, id)
  context.note(`Accepted; obflow task watch ${id} shows it.`)
  return undefined
}

const zonesOf = async (client: ApiClient, specs: readonly string[]) => {
  if (specs.length === 0)
    throw new UsageError('A cluster needs zones: --zone zone1=10.0.0.11 --zone zone2=10.0.0.12 …')
  return Promise.all(
    specs.map(async (spec) => {
      const [, name, words] = /^([^=]+)=(.+)$/.exec(spec) ?? []
      if (name === undefined || words === undefined)
        throw new UsageError(`--zone is NAME=HOST,HOST…, not "${spec}".`)
      const servers = await Promise.all(words.split(',').map((word) => found(client, host, word)))
      return { name, idcName: servers[0]?.idcName ?? '', servers: servers.map(({ id }) => id) }
    }),
  )
}

export const clusterCreate = command({
  name: 'create',
  summary:
    'Create a cluster on hosts that were added before; "obflow apply" does all of it from a file',
  examples: [
    'obflow cluster create terran --zone zone1=10.0.0.11 --zone zone2=10.0.0.12 --zone zone3=10.0.0.13',
    'obflow cluster create terran --zone zone1=10.0.0.11 --parameter memory_limit=16G --dry-run',
  ],
  args: { name: arg('its name') },
  flags: {
    zone: options('--zone <zone=hosts>', 'a zone and its hosts: names or ids, by comma'),
    package: option('--package <file>', 'name or id of the server package (the newest one)'),
    primaryZone: option('--primary-zone <zones>', 'e.g. "zone1;zone2,zone3"'),
    parameter: options('--parameter <name=value>', 'what observer is started with'),
    passwordFile,
    dryRun,
    detach,
  },
  remote: true,
  async run({ name, zone, primaryZone = '', parameter, dryRun, detach, ...given }, context) {
    const client = await context.client()
    const zones = await zonesOf(client, zone)
    const rpm = await serverPackage(client, given.package)
    const password = await passwordFrom(context, given.passwordFile, 'Password of root@sys')
    const body = {
      type: 'PRIMARY',
      name,
      password: password.reveal(),
      primaryZone,
      rpmName: rpm.fileName,
      startupParameters: parameter.map(parameterOf),
      zones,
    }
    if (!dryRun) return ended(context, (await client.post(cluster.path, body, made)).data, detach)
    const { data } = await client.post(`${cluster.path}?dryRun=true`, body, plannedCreate)
    const lines = findingLines(data, client.url)
    context.stdout.write(lines.length === 0 ? 'It would be created.\n' : `${lines.join('\n')}\n`)
    return isRefused(data) ? 'failed' : undefined
  },
})

/** What a call changes by a task: only said, or asked about, then done. */
async function change(
  context: Context,
  { dryRun, yes, detach }: Readonly<Record<'dryRun' | 'yes' | 'detach', boolean>>,
  call: (client: ApiClient, query: string) => Promise<unknown>,
  agreed: () => Promise<boolean>,
): Promise<Outcome | undefined> {
  if (dryRun) return rehearse(context, call)
  if (!yes && !(await agreed())) return 'failed'
  return ended(context, await call(await context.client(), ''), detach)
}

export const clusterDelete = command({
  name: 'delete',
  summary: 'Delete a cluster with its data, and free its hosts; it cannot be taken back',
  examples: ['obflow cluster delete terran --dry-run', 'obflow cluster delete terran --yes'],
  args: { cluster: which },
  flags: { dryRun, yes, detach },
  remote: true,
  async run({ cluster: word, ...how }, context) {
    const { id, name } = await found(await context.client(), cluster, word)
    const question = `Cluster ${name} and all its data will be gone. Type its name to go on:`
    return change(
      context,
      how,
      async (client, query) =>
        (await client.delete(`${cluster.path}/${id}${query}`, z.unknown())).data,
      () => named(context, question, name),
    )
  },
})

export const clusterRestart = command({
  name: 'restart',
  summary: 'Restart every observer of a cluster, zone by zone where it has three or more',
  examples: ['obflow cluster restart terran --dry-run', 'obflow cluster restart terran --yes'],
  args: { cluster: which },
  flags: { dryRun, yes, detach },
  remote: true,
  async run({ cluster: word, ...how }, context) {
    const { id, name } = await found(await context.client(), cluster, word)
    return change(
      context,
      how,
      async (client, query) =>
        (await client.post(`${cluster.path}/${id}/restart${query}`, {}, z.unknown())).data,
      () => confirmed(context, `Restart cluster ${name}?`),
    )
  },
})

export const obproxyCreate = command({
  name: 'create',
  summary: 'Create an OBProxy cluster for a cluster',
  examples: ['obflow obproxy create odp --cluster terran --host 10.0.0.14 --host 10.0.0.15'],
  args: { name: arg('its name') },
  flags: {
    cluster: options('--cluster <cluster>', 'name of a cluster that it serves'),
    host: options('--host <host>', 'a host for a proxy: address, name or id'),
    mode: option(
      '--mode <mode>',
      'RS_LIST: told of one cluster; CONFIG_URL: they ask obflow (RS_LIST)',
    ),
    detach,
  },
  remote: true,
  async run({ name, cluster: clusters, host: hosts, mode = 'RS_LIST', detach }, context) {
    const client = await context.client()
    const items = await Promise.all(hosts.map((each) => found(client, host, each)))
    const body = {
      name,
      workMode: mode,
      obproxyInstallParam: { hostIds: items.map(({ id }) => id) },
      obLinks: clusters.map((clusterName) => ({ clusterName })),
    }
    return ended(context, (await client.post(obproxy.path, body, made)).data, detach)
  },
})

export const obproxyDelete = command({
  name: 'delete',
  summary: 'Stop and remove the proxies of an OBProxy cluster, and free their hosts',
  examples: ['obflow obproxy delete odp --dry-run', 'obflow obproxy delete odp --yes'],
  args: { obproxy: which },
  flags: { dryRun, yes, detach },
  remote: true,
  async run({ obproxy: word, ...how }, context) {
    const { id, name } = await found(await context.client(), obproxy, word)
    return change(
      context,
      how,
      async (client, query) =>
        (await client.delete(`${obproxy.path}/${id}${query}`, z.unknown())).data,
      () => confirmed(context, `Remove OBProxy cluster ${name}?`),
    )
  },
})

export const obproxyLink = command({
  name: 'link',
  summary: 'Let an OBProxy cluster in CONFIG_URL mode serve a cluster',
  examples: ['obflow obproxy link odp terran'],
  args: { obproxy: which, cluster: arg("the cluster's name") },
  flags: { detach },
  remote: true,
  async run({ obproxy: word, cluster: clusterName, detach }, context) {
    const client = await context.client()
    const { id } = await found(client, obproxy, word)
    const path = `${obproxy.path}/${id}/obLinks/batchAdd?wait=false`
    return ended(context, (await client.post(path, [{ clusterName }], made)).data, detach)
  },
})

export const obproxyUnlink = command({
  name: 'unlink',
  summary: 'End that an OBProxy cluster serves a cluster',
  examples: ['obflow obproxy unlink odp terran --yes'],
  args: { obproxy: which, cluster: arg("the cluster's name") },
  flags: { yes, detach },
  remote: true,
  async run({ obproxy: word, cluster: clusterName, yes, detach }, context) {
    const client = await context.client()
    const { id, name } = await found(client, obproxy, word)
    const question = `${name} serves ${clusterName} no longer: go on?`
    if (!yes && !(await confirmed(context, question))) return 'failed'
    const path = `${obproxy.path}/${id}/obLinks/${encodeURIComponent(clusterName)}?wait=false`
    return ended(context, (await client.delete(path, made)).data, detach)
  },
})
