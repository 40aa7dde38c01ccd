import { DefiniteError } from '../../errors/failure.ts'
import { inEnglish, listed, say } from '../../errors/say.ts'
import { type Machine, nameOf } from '../../host/index.ts'
import {
  agentIn,
  areDoubtful,
  type Clock,
  type Finding,
  gatherScript,
  judge,
  layoutOf,
  lineOf,
  needsOfHost,
  parseFacts,
  peersOf,
  type Situation,
  sentence,
  serversOf,
  truest,
  type Wish,
} from '../../oceanbase/index.ts'
import type { Relative, StoreWith } from '../../store/index.ts'
import { type PackagesUse, packageOf, packagesOf } from '../cluster/clusterPackage.ts'
import { relativesOf } from '../cluster/relatives.ts'
import type { HostNode } from '../node.ts'
import { soon } from '../soon.ts'
import { waysTo } from './waysTo.ts'

type PreCheckUse = 'hosts.get' | 'hosts.setMachine' | 'hosts.relatives' | PackagesUse

/**
 * Fails with all findings against an install on this host at once; warnings go to the log.
 */
export async function preCheck(
  node: HostNode<PreCheckUse>,
): Promise<{ readonly warnings: number }> {
  const found = await findings(node)
  for (const finding of found)
    node.log(finding.level === 'FATAL' ? 'ERROR' : 'WARN', inEnglish(sentence(finding)))
  const fatal = found.filter(({ level }) => level === 'FATAL')
  if (fatal.length > 0) throw new DefiniteError(causeOf(fatal, node.server.ip))
  return { warnings: found.length }
}

async function findings(node: HostNode<PreCheckUse>): Promise<Finding[]> {
  const software = await packageOf(node)
  const packages = await packagesOf(node)
  const wanted = {
    name: software.name,
    nvra: nameOf(software),
    architecture: software.architecture,
    size: packages.reduce((sum, { size }) => sum + size, 0),
    needs: needsOfHost(packages),
  }
  const { hostId } = node.server
  const noteMachine = (machine: Machine) => node.store.hosts.setMachine(hostId, machine)
  const agentHome = await agentHomeOf(node, hostId)
  const { taskId } = node.input
  return findingsOf({ ...node, noteMachine }, { taskId, package: wanted, agentHome })
}

/**
 * What is looked at and how to reach it: less than a node, because it need not be part of a task.
 */
export interface Looked extends Pick<HostNode, 'cluster' | 'server' | 'target' | 'host'> {
  readonly store: StoreWith<'hosts.relatives'>
  /** Keeps which machine the host is; a look that must change nothing has none. */
  readonly noteMachine?: (machine: Machine) => Promise<void>
}

/** What a host's pre-check finds, without acting on it. Changes nothing on the host. */
export const findingsOf = async (
  node: Looked,
  wanted: Pick<Wish, 'taskId' | 'package' | 'agentHome'>,
): Promise<Finding[]> => judge(await situationOf(node, wanted))

/** All that a host's pre-check judges. Changes nothing on the host. */
export async function situationOf(
  node: Looked,
  wanted: Pick<Wish, 'taskId' | 'package' | 'agentHome'>,
): Promise<Situation> {
  const { cluster, server } = node
  const wish: Wish = { ...wanted, cluster, server, layout: layoutOf(cluster) }
  const begun = performance.now()
  const output = await node.target.must(gatherScript(wish), {
    title: 'read the facts of the host',
    timeoutMs: 60_000,
  })
  const clocks = await clocksOf(node, wish, begun)
  const facts = parseFacts(output)
  await node.noteMachine?.(facts.machine)
  const members = new Set(serversOf(cluster).map(({ ip }) => ip))
  const { twins, clones } = await relativesOf({ ...node, hostId: server.hostId }, facts.machine)
  const inCluster = (relatives: readonly Relative[]) =>
    relatives.map(({ ip }) => ip).filter((ip) => members.has(ip))
  const silent = peersOf(wish)
    .map(({ ip }) => ip)
    .filter((ip) => !clocks.some((clock) => clock.ip === ip))
  return {
    facts,
    wish,
    clocks,
    silent,
    ways: await waysTo(node, { facts, wish }),
    twins: inCluster(twins),
    clones: inCluster(clones),
  }
}

/** Where the agent lies that was chosen for a host. */
export async function agentHomeOf(
  { store }: Pick<HostNode<'hosts.get' | 'packages.get'>, 'store'>,
  hostId: number,
): Promise<string | undefined> {
  const id = (await store.hosts.get(hostId))?.agentPackageId
  const software = id ? await store.packages.get(id) : undefined
  return software && agentIn(software.programs)?.home
}

/**
 * How much later than this host a peer may answer: one that is down has a pre-check of its own that
 * waits for it.
 */
const patienceMs = 2_000

/** How often clocks that seem to differ are asked again, a few times each. */
const rounds = 3
const timesARound = 4

/**
 * The clocks of this host and of those peers that answer, as they were after `begun` (of
 * `performance.now()`). All hosts of a cluster are checked at once, and read their facts first. The
 * first that has read its own measures all clocks, and the others share what it measured. A retry
 * begins after that, and measures again.
 */
async function clocksOf(node: Looked, wish: Wish, begun: number): Promise<Clock[]> {
  const servers = [node.server, ...peersOf(wish)]
  const limit = lineOf(wish.cluster.version).maxClockSpreadMs
  const measure = async (times: number, notBefore: number): Promise<Clock[]> => {
    const own = node.target.clock(times, notBefore)
    const clocks = await Promise.all(
      servers.map(async ({ hostId, ip }): Promise<Clock[]> => {
        if (hostId === node.server.hostId) return [{ ip, ...(await own) }]
        const answer = await soon(
          node.host(hostId).then((peer) => peer.clock(times, notBefore)),
          patienceMs,
          own,
        )
        return answer ? [{ ip, ...answer }] : []
      }),
    )
    return clocks.flat()
  }
  let clocks = await measure(1, begun)
  // On a busy host an answer takes its time. One that comes too late in a later round does not undo
  // an earlier one.
  for (let round = 0; round < rounds && areDoubtful(clocks, limit); round += 1)
    clocks = truest([...clocks, ...(await measure(timesARound, performance.now()))])
  return clocks
}

/** Findings of one cause; the log has them all. */
const mostFindings = 20

/** One cause for all fatal findings: with its own code and advice when there is just one. */
function causeOf(fatal: readonly Finding[], host: string) {
  const [first, ...others] = fatal
  if (first && others.length === 0)
    return {
      code: first.code,
      message: say`${first.item}: ${first.message}`,
      advice: first.advice,
      host,
    }
  const lines = fatal.map((finding) => say`${finding.level} ${sentence(finding)}`)
  const code =
    fatal.every((finding) => finding.code === first?.code) && first ? first.code : 'OBE10002'
  return {
    code,
    message: say`ob install pre check failed with ${fatal.length} findings:\n${listed(lines.slice(0, mostFindings), '\n')}`,
    advice: say`mend all of them, then retry this subtask`,
    host,
  }
}
