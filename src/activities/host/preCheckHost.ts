import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import { clockOffset, type Machine, machineFacts, readMachineFacts } from '../../host/index.ts'
import { neededCommands } from '../../oceanbase/index.ts'
import { relativesOf } from '../cluster/relatives.ts'
import type { PreparedHostNode } from '../node.ts'

/** OCP's default of `ocp.host.check.clock-diff.max-diff`. */
const largestClockDifferenceMs = 500

/**
 * Reaches the host as root, reads what it is made of into the inventory, and holds its clock
 * against the controller's.
 */
export async function preCheckHost(
  node: PreparedHostNode<'hosts.setFacts' | 'hosts.setMachine' | 'hosts.relatives'>,
): Promise<void> {
  const { hostId, log, store, target } = node
  const facts = readMachineFacts(
    await target.must(machineFacts(neededCommands), { title: 'read the facts of the host' }),
  )
  const clock = await clockOffset(target, 3)
  const { name, kernel, architecture, missing, machine, deadMounts, ...rest } = facts
  await store.hosts.setFacts(hostId, {
    name,
    operatingSystem: kernel,
    operatingSystemRelease: facts.distribution,
    architecture,
    facts: { ...rest, clockOffsetMs: Math.round(clock.offsetMs) },
  })
  log(
    'INFO',
    `${name}: ${facts.distribution}, ${kernel}, ${architecture}, ${facts.cores} cores, clock ${Math.round(clock.offsetMs)} ms off`,
  )
  for (const { mount, device } of deadMounts)
    log('WARN', `mount ${mount} (${device}) does not answer: it is left out. Use no path on it`)
  await refuseTwin(node, machine)
  if (missing.length > 0) {
    throw new DefiniteError({
      code: 'CMP07036',
      message: say`commands are missing on host ${target.ip}: ${missing}`,
      advice: say`install the packages that bring them, then retry`,
      host: target.ip,
    })
  }
  if (Math.abs(clock.offsetMs) - clock.errorMs > largestClockDifferenceMs) {
    throw new DefiniteError({
      code: 'CMP07021',
      message: say`the clock of host ${target.ip} differs from the controller's by ${Math.round(clock.offsetMs)} ms, ${largestClockDifferenceMs} ms are allowed`,
      advice: say`synchronise both with chrony or NTP, then retry`,
      host: target.ip,
    })
  }
}

/**
 * Refuses another address of a machine that is a host already; a clone of one only gets a warning.
 */
async function refuseTwin(
  node: PreparedHostNode<'hosts.setMachine' | 'hosts.relatives'>,
  machine: Machine,
): Promise<void> {
  const { hostId, log, store, target } = node
  // Written before the others are read: of two hosts that are looked at at once, at least one sees
  // the other.
  await store.hosts.setMachine(hostId, machine)
  const { twins, clones } = await relativesOf(node, machine)
  for (const { id, ip } of clones)
    log(
      'WARN',
      `host ${ip} (id ${id}) has the same machine-id ${machine.machineId}: one is a clone; give it an identity of its own`,
    )
  const [twin] = twins
  if (twin === undefined) return
  throw new DefiniteError({
    code: 'COM10006',
    message: say`${target.ip} is another address of the machine that is host ${twin.ip} (id ${twin.id}) already`,
    advice: say`delete host ${hostId}; to use this address instead, delete host ${twin.id} and retry`,
    host: target.ip,
  })
}
