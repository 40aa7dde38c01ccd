import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { clusterComplaints } from '../clusterCheck.ts'
import type { LabHost } from '../index.ts'
import type { Stack } from './stack.ts'
import { type Traces, tracesOf, unlike } from './traces.ts'

/** What is counted at the end of a run, for the table. */
export interface Counts {
  /** Statements that the observer took up, and those that it saw through. */
  readonly bootstraps: { readonly begun: number; readonly done: number }
  /**
   * Bytes of the OceanBase package that reached a host, as a multiple of its size; of the host that
   * got most.
   */
  readonly packageSent: number
}

export interface Inspection {
  readonly counts: Counts
  readonly complaints: readonly string[]
  readonly traces: Traces
}

/** Bytes that came in over the host's link, counted by its kernel. */
export function receivedBytes(host: LabHost): number {
  const line = readFileSync(`/proc/${host.init.pid}/net/dev`, 'utf8')
    .split('\n')
    .find((each) => each.trim().startsWith('eth0:'))
  return Number(line?.split(':')[1]?.trim().split(/\s+/)[0])
}

export interface Demands {
  /** What each host had received before the create, in the lab's order. */
  readonly receivedBefore: readonly number[]
  /** A BOOTSTRAP whose observer is killed has to be begun again; every other must not be. */
  readonly mostBootstraps: 1 | 2
  /** The traces of a run without a fault; absent for that run itself. */
  readonly undisturbed?: Traces
}

/** SSH and SQL around the package, and packets that came twice. */
const slack = 0.1

/**
 * The same for every run: the cluster is as posted, was bootstrapped once, and nothing else is left
 * than by an undisturbed create.
 */
export async function inspect(
  stack: Stack,
  { receivedBefore, mostBootstraps, undisturbed }: Demands,
): Promise<Inspection> {
  const { lab, packageBytes } = stack
  const [first] = lab.hosts
  if (!first) throw new Error('the lab has no host')
  // The link of a host that was rebooted counts from its reboot on.
  const sent = lab.hosts.map((host, index) =>
    Math.max(0, (receivedBytes(host) - (receivedBefore[index] ?? 0)) / packageBytes),
  )
  const counts = { bootstraps: await bootstrapsOf(first), packageSent: Math.max(...sent) }
  const cluster = await clusterComplaints({
    name: stack.clusterName,
    password: stack.password,
    version: stack.version,
    hosts: lab.hosts,
    primaryZone: 'RANDOM',
  })
  const { begun, done } = counts.bootstraps
  const traces = await tracesOf(stack)
  const complaints = [
    ...cluster,
    ...(done === 1 ? [] : [`BOOTSTRAP was carried out ${done} times`]),
    ...(begun <= mostBootstraps ? [] : [`BOOTSTRAP was begun ${begun} times`]),
    ...(counts.packageSent <= 2 + slack
      ? []
      : [`the package was sent ${counts.packageSent.toFixed(1)} times`]),
    ...(await Promise.all(lab.hosts.map(leftBehind))).flat(),
    ...(undisturbed ? unlike(traces, undisturbed) : []),
  ]
  return { counts, complaints, traces }
}

/** Marks of runs, packages on their way, and what only runs while a node works. */
export async function leftBehind(host: LabHost): Promise<string[]> {
  const { stdout } = await host.exec(
    'ls -A /run/obflow /var/lib/obflow/packages 2>/dev/null | grep -v ":$" | grep .; pgrep -l "^(fio|rpm)$"',
  )
  return stdout.trim() === ''
    ? []
    : [`${host.name}: left behind: ${stdout.trim().replaceAll('\n', ' ')}`]
}

const count = z.coerce.number()

/** How often this observer took a BOOTSTRAP up, and saw it through. */
export async function bootstrapsOf(host: LabHost): Promise<Counts['bootstraps']> {
  const home = '/home/admin/oceanbase'
  const { stdout } = await host.exec(
    `cat ${home}/run/bootstrap.count || echo 0; cat ${home}/log/rootservice.log* | grep -c 'succeed to do_boot_strap'`,
  )
  const [begun, done] = stdout
    .trim()
    .split('\n')
    .map((text) => count.parse(text))
  return { begun: begun ?? 0, done: done ?? 0 }
}
