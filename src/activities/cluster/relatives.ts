import { askMachine, type Host, isSameMachine, type Machine } from '../../host/index.ts'
import type { Relative, StoreWith } from '../../store/index.ts'
import { soon } from '../soon.ts'

/** Other hosts of the inventory that share something with a machine. */
export interface Relatives {
  /** The same machine under another address. */
  readonly twins: readonly Relative[]
  /** Other machines with its machine-id. */
  readonly clones: readonly Relative[]
}

interface Looked {
  readonly hostId: number
  readonly store: StoreWith<'hosts.relatives'>
  readonly host: (hostId: number) => Promise<Pick<Host, 'must'>>
}

/** A host that does not answer is judged by what it was when it was last looked at. */
const patienceMs = 2_000

/**
 * Finds the hosts that are this machine, and its clones. A machine that has rebooted since a host
 * of it was last looked at has another boot id now, so a host with the same machine-id is asked for
 * it.
 */
export async function relativesOf(
  { hostId, store, host }: Looked,
  machine: Machine,
): Promise<Relatives> {
  const known = await store.hosts.relatives(hostId, machine)
  const now = await Promise.all(
    known.map(async (other): Promise<Relative> => {
      if (isSameMachine(machine, other)) return other
      return { ...other, ...(await soon(host(other.id).then(askMachine), patienceMs)) }
    }),
  )
  const twins = now.filter((other) => isSameMachine(machine, other))
  return {
    twins,
    clones: now.filter((other) => !twins.includes(other) && other.machineId === machine.machineId),
  }
}
