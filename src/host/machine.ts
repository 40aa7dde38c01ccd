import { readFileSync } from 'node:fs'
import { Quoted, sh } from '../quote.ts'
import type { Host } from './host.ts'

/** Which machine a host is, whatever its address. */
export interface Machine {
  /** Of /etc/machine-id: kept over reboots, and by clones; empty where there is none. */
  readonly machineId: string
  /** Of this boot of this kernel and container: no two machines share it. */
  readonly bootId: string
}

/** Defines `identity`, which prints a Machine in one line. */
export const machineFunctions = new Quoted(
  readFileSync(new URL('machine.sh', import.meta.url), 'utf8'),
  '',
)

export const readMachine = (line: string): Machine => {
  const [machineId = '-', bootId = ''] = line.trim().split(' ')
  return { machineId: machineId === '-' ? '' : machineId, bootId }
}

/** Whether both are one running machine. */
export const isSameMachine = (one: Machine, other: Machine): boolean =>
  one.bootId !== '' && one.bootId === other.bootId

/** Asks a host which machine it is. */
export const askMachine = async (host: Pick<Host, 'must'>): Promise<Machine> =>
  readMachine(
    await host.must(sh`${machineFunctions}identity`, {
      title: 'ask which machine it is',
      timeoutMs: 10_000,
    }),
  )
