import { situationOf } from '../../activities/index.ts'
import { StartError } from '../../errors/startError.ts'
import { askMachine, type Host, type Machine } from '../../host/index.ts'
import { type ClusterSpec, needsOfHost, type ServerSpec, setOf } from '../../oceanbase/index.ts'
import type { Relative } from '../../store/index.ts'
import type { DoctorOptions } from './options.ts'
import { nvraOf, type PackageReport } from './packages.ts'
import { type HostReport, hostReport } from './report.ts'

/** A host that is looked at. */
export interface Target {
  readonly id: number
  readonly ip: string
  readonly host: Host
}

export interface Examination {
  readonly hosts: readonly HostReport[]
  /** What the server package requires of OceanBase's own packages and was not given. */
  readonly missingPackages: readonly string[]
  readonly unreached: readonly { readonly host: string; readonly reason: string }[]
}

interface Reached {
  readonly target: Target
  readonly machine: Machine
}

interface Patients {
  readonly options: DoctorOptions
  readonly packages: readonly PackageReport[]
  readonly targets: readonly Target[]
}

/** All hosts as one cluster, each a zone of its own. */
export async function lookAt({ options, packages, targets }: Patients): Promise<Examination> {
  const server = packages.find(({ isServer }) => isServer)
  if (!server) throw new StartError('none of the packages is an OceanBase server')
  const set = setOf(server, packages)
  const missingPackages = set.missing
  if (server.objection !== undefined) return { hosts: [], missingPackages, unreached: [] }
  const reached: Reached[] = []
  const unreached: { host: string; reason: string }[] = []
  await Promise.all(
    targets.map(async (target) => {
      try {
        reached.push({ target, machine: await askMachine(target.host) })
      } catch (error) {
        unreached.push({ host: target.ip, reason: reasonOf(error) })
      }
    }),
  )
  const here = targets.filter((target) => reached.some((other) => other.target === target))
  const cluster = clusterOn(here, server.version, options)
  const hosts = await Promise.all(
    cluster.zones
      .flatMap(({ servers }) => servers)
      .map(async (one): Promise<HostReport[]> => {
        const targetOf = async (id: number): Promise<Host> => {
          const found = here.find((target) => target.id === id)
          if (!found) throw new StartError(`there is no host ${id}`)
          return found.host
        }
        const target = await targetOf(one.hostId)
        const relatives = async (id: number, machine: Machine) => relativesIn(reached, id, machine)
        const node = {
          cluster,
          server: one,
          target,
          host: targetOf,
          store: { hosts: { relatives } },
        }
        try {
          const situation = await situationOf(node, {
            taskId: 0,
            package: {
              name: server.name,
              nvra: nvraOf(server),
              architecture: server.architecture,
              size: set.packages.reduce((sum, { bytes }) => sum + bytes, 0),
              needs: needsOfHost(set.packages),
            },
          })
          return [hostReport(situation, one)]
        } catch (error) {
          unreached.push({ host: one.ip, reason: reasonOf(error) })
          return []
        }
      }),
  )
  return { hosts: hosts.flat(), missingPackages, unreached }
}

/** Other hosts that are this machine, or share its machine-id. */
const relativesIn = (reached: readonly Reached[], id: number, machine: Machine): Relative[] =>
  reached
    .filter(({ target }) => target.id !== id)
    .filter(
      ({ machine: other }) =>
        other.bootId === machine.bootId ||
        (machine.machineId !== '' && other.machineId === machine.machineId),
    )
    .map(({ machine: other, target }) => ({ id: target.id, ip: target.ip, ...other }))

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

function clusterOn(
  targets: readonly Target[],
  version: string,
  { osUser, parameters, paths, rpcPort, sqlPort }: DoctorOptions,
): ClusterSpec {
  const serverOf = ({ id, ip }: Target, index: number): ServerSpec => ({
    hostId: id,
    ip,
    zone: `zone${index + 1}`,
    rootServer: true,
  })
  return {
    id: 0,
    name: 'doctor',
    obClusterId: 1,
    type: 'PRIMARY',
    version,
    packageId: 0,
    primaryZone: '',
    sqlPort,
    rpcPort,
    paths,
    osUser,
    startupParameters: parameters,
    zones: targets.map((target, index) => ({
      name: `zone${index + 1}`,
      idcName: '',
      regionName: '',
      servers: [serverOf(target, index)],
    })),
    obproxyClusterIds: [],
  }
}
