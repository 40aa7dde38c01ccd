import { DefiniteError } from '../errors/failure.ts'
import { clockOffset } from '../host/clock.ts'
import { machineFacts, readMachineFacts } from '../host/facts.ts'
import { neededCommands } from '../oceanbase/checks/index.ts'
import type { PreparedHostNode } from './node.ts'

/** OCP's default of `ocp.host.check.clock-diff.max-diff`. */
const largestClockDifferenceMs = 500

/** Reaches the host as root, reads what it is made of into the inventory, and holds its clock against the controller's. */
export async function preCheckHost(node: PreparedHostNode): Promise<void> {
  const { hostId, log, store, target } = node
  const facts = readMachineFacts(await target.must(machineFacts(neededCommands), { title: 'read the facts of the host' }))
  const clock = await clockOffset(target, 3)
  const { name, kernel, architecture, missing, ...rest } = facts
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
  if (missing.length > 0) {
    throw new DefiniteError({
      code: 'CMP07036',
      message: `commands are missing on host ${target.ip}: ${missing.join(', ')}`,
      advice: 'install the packages that bring them, then retry',
      host: target.ip,
    })
  }
  if (Math.abs(clock.offsetMs) - clock.errorMs > largestClockDifferenceMs) {
    throw new DefiniteError({
      code: 'CMP07021',
      message: `the clock of host ${target.ip} differs from the controller's by ${Math.round(clock.offsetMs)} ms, ${largestClockDifferenceMs} ms are allowed`,
      advice: 'synchronise both with chrony or NTP, then retry',
      host: target.ip,
    })
  }
}
