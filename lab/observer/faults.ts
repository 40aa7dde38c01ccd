import { readFileSync } from 'node:fs'

/**
 * Ways to make this host's observer fail, for tests and demonstrations; read again each time one is
 * asked for.
 */
export type Faults = {
  slowStartMs?: number
  /** How long an observer of a cluster knows the core schema alone after its start. */
  startWindowMs?: number
  /** How long the root service takes a silent server for alive. */
  leaseMs?: number
  /** How long other servers know users as they were before a change. */
  schemaDelayMs?: number
  crashAfterMs?: number
  crashOnBootstrap?: boolean
  refuseBootstrap?: { errno: number; message: string }
  refuseAddServer?: { errno: number; message: string }
}

export function readFaults(): Faults {
  const path = process.env.OBFLOW_LAB_FAULTS ?? '/etc/obflow-lab/faults.json'
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof found === 'object' && found !== null ? found : {}
  } catch {
    return {}
  }
}

export function crash(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}
