import { z } from 'zod'
import type { Login, Topology } from '../../topology/index.ts'
import type { ApiClient } from '../client.ts'
import { upload } from '../resources/inventory.ts'
import * as kinds from '../resources/kinds.ts'
import { listed } from '../resources/resource.ts'
import { waitFor } from '../wait.ts'
import { idIn, type Progress, type Step } from './step.ts'
import { hostsOf, type KnownHost, regionOf, type WantedHost, type World } from './world.ts'

const made = z.object({ id: z.number() })
const added = z.object({ id: z.number(), hostIds: z.array(z.number()) })
const nothing = z.unknown()

/** The newest task of a host, a cluster or an OBProxy cluster. */
export async function newestTask(
  client: ApiClient,
  about:
    | { readonly hostId: number }
    | { readonly clusterId: number }
    | { readonly obproxyClusterId: number },
) {
  return (await listed(client, kinds.task, about, 1))[0]
}

const packageSteps = ({ packages }: World): Step[] =>
  packages.map(({ fileName, path, uploaded }): Step => {
    const step = { kind: 'package', name: fileName }
    if (uploaded || path === undefined) return { ...step, action: 'keep' }
    return {
      ...step,
      action: 'make',
      detail: 'uploaded',
      async run({ client, packages }) {
        packages.set(fileName, await upload(client, path))
        return undefined
      },
    }
  })

function placeSteps(topology: Topology, { idcs, regions }: World, hosts: readonly WantedHost[]) {
  const wanted = [...new Set(hosts.map(({ idc }) => idc))]
  const missing = wanted.filter((idc) => !idcs.has(idc))
  const steps: Step[] = [...new Set(missing.map((idc) => regionOf(topology, idc)))].map(
    (name): Step =>
      regions.has(name)
        ? { action: 'keep', kind: 'region', name }
        : {
            action: 'make',
            kind: 'region',
            name,
            async run({ client, regions }) {
              regions.set(name, (await client.post(kinds.region.path, { name }, made)).data.id)
              return undefined
            },
          },
  )
  const idcSteps = wanted.map((name): Step => {
    if (idcs.has(name)) return { action: 'keep', kind: 'IDC', name }
    const region = regionOf(topology, name)
    return {
      action: 'make',
      kind: 'IDC',
      name,
      detail: `in region ${region}`,
      async run({ client, idcs, regions }) {
        const body = { name, regionId: idIn(regions, region) }
        idcs.set(name, (await client.post(kinds.idc.path, body, made)).data.id)
        return undefined
      },
    }
  })
  return [...steps, ...idcSteps]
}

/** What the API is told of a login; the secret goes there and nowhere else. */
async function loginBody({ secrets }: Pick<Progress, 'secrets'>, login: Login, where: string) {
  const { user: username, password, privateKey } = login
  const reference = privateKey ?? password
  if (reference === undefined) return undefined
  const what = `${privateKey === undefined ? 'Password' : 'Private key'} of ${username} on ${where}`
  const secret = await secrets.read(reference, what, privateKey === undefined ? 'password' : 'key')
  return {
    type: privateKey === undefined ? 'PASSWORD' : 'PRIVATE_KEY',
    username,
    passphrase: secret.reveal(),
  }
}

const withCredential = (hosts: readonly WantedHost[]) =>
  [...Map.groupBy(hosts, ({ credential }) => credential)].map(([name, all]) => ({ name, all }))

function loginSteps(world: World, hosts: readonly WantedHost[]): Step[] {
  return withCredential(hosts).flatMap(({ name, all }): Step[] => {
    const [first] = all
    if (first === undefined) return []
    if (world.credentials.has(name)) return [{ action: 'keep', kind: 'login', name }]
    // Hosts that are there have a login already, whatever it is called.
    if (all.every(({ address }) => world.hosts.has(address))) return []
    return [
      {
        action: 'make',
        kind: 'login',
        name,
        detail: `${first.login.user}, ${first.login.privateKey === undefined ? 'password' : 'private key'}`,
        async run(progress) {
          const login = await loginBody(
            progress,
            first.login,
            all.map((each) => each.address).join(', '),
          )
          const body = { targetType: 'HOST', name, sshCredentialProperty: login }
          const { id } = (await progress.client.post(kinds.credential.path, body, made)).data
          progress.credentials.set(name, id)
          return undefined
        },
      },
    ]
  })
}

/** OCP adds this many at once. */
const batch = 50

/** Hosts that one call can add: they share all but their address. */
const groupsOf = (hosts: readonly WantedHost[]): WantedHost[][] =>
  [
    ...Map.groupBy(hosts, ({ alias = '', credential, idc, sshPort }) =>
      JSON.stringify([alias, credential, idc, sshPort]),
    ).values(),
  ].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / batch) }, (_, at) =>
      all.slice(at * batch, (at + 1) * batch),
    ),
  )

function newHosts(group: readonly WantedHost[]): Step[] {
  const [first] = group
  if (first === undefined) return []
  return [
    {
      action: 'make',
      kind: group.length > 1 ? 'hosts' : 'host',
      name: group.map(({ address }) => address).join(', '),
      detail: `in IDC ${first.idc}, ${[...new Set(group.map(({ role }) => role))].join(', ')}`,
      async run({ client, credentials, hosts, idcs, packages, preparing }) {
        const agent = [...packages.values()].find(
          ({ type }) => type === 'OCP_AGENT_INSTALL_PACKAGE',
        )
        const body = {
          hostBasicDataList: group.map(({ address }) => ({ innerIpAddress: address })),
          idcId: idIn(idcs, first.idc),
          credentialId: idIn(credentials, first.credential),
          sshPort: first.sshPort,
          ...(first.alias !== undefined && { alias: first.alias }),
          ...(agent && { agentPackageId: agent.id }),
        }
        const { data } = await client.post(`${kinds.host.path}/batchCreate`, body, added)
        for (const [index, id] of data.hostIds.entries()) hosts.set(group[index]?.address ?? '', id)
        preparing.add(data.id)
        return undefined
      },
    },
  ]
}

const isReady = ({ status }: KnownHost): boolean => status === 'AVAILABLE' || status === 'ONLINE'

/** A host whose preparation goes on, or is tried again with the login as the file has it now. */
function unreadyHost(wanted: WantedHost, host: KnownHost): Step {
  return {
    action: 'goOn',
    kind: 'host',
    name: wanted.address,
    detail: `is ${host.status}`,
    async run(progress) {
      const { client, credentials, preparing } = progress
      const task = await newestTask(client, { hostId: host.id })
      if (task?.status === 'FAILED') {
        const login = await loginBody(progress, wanted.login, wanted.address)
        const id = credentials.get(wanted.credential)
        if (login && id !== undefined) {
          const body = { sshCredentialProperty: login }
          await client.patch(`${kinds.credential.path}/${id}`, body, nothing)
        }
        await client.post(`${kinds.task.path}/${task.id}/retry`, {}, nothing)
      }
      if (task) preparing.add(task.id)
      return undefined
    },
  }
}

function hostSteps(world: World, hosts: readonly WantedHost[]): Step[] {
  const missing = hosts.filter(({ address }) => !world.hosts.has(address))
  const there = hosts.flatMap((wanted): Step[] => {
    const host = world.hosts.get(wanted.address)
    if (host === undefined) return []
    if (!isReady(host)) return [unreadyHost(wanted, host)]
    return [{ action: 'keep', kind: 'host', name: wanted.address, detail: `is ${host.status}` }]
  })
  return [...there, ...groupsOf(missing).flatMap(newHosts)]
}

/** Waits for all hosts that are prepared, whatever comes of the first. */
export async function awaitHosts({ context, preparing }: Progress) {
  const failed = []
  for (const id of preparing) if ((await waitFor(context, id)) !== 'done') failed.push(id)
  return failed.length > 0 ? 'failed' : undefined
}

/** What has to be there before a cluster can be made. */
export function inventorySteps(topology: Topology, world: World): Step[] {
  const hosts = hostsOf(topology)
  return [
    ...packageSteps(world),
    ...placeSteps(topology, world, hosts),
    ...loginSteps(world, hosts),
    ...hostSteps(world, hosts),
  ]
}

/** The secrets that these steps will read, read now: one that is missing is better known before. */
export async function tryLogins(
  { secrets }: Pick<Progress, 'secrets'>,
  topology: Topology,
  world: World,
): Promise<void> {
  for (const { address, credential, login } of hostsOf(topology)) {
    if (world.hosts.has(address) || world.credentials.has(credential)) continue
    if ((login.privateKey ?? login.password) !== 'prompt')
      await loginBody({ secrets }, login, address)
  }
}
