import type { CauseCode } from '../../errors/failure.ts'
import type { Said } from '../../errors/say.ts'
import type { ClusterSpec, ServerSpec } from '../cluster.ts'
import type { Layout } from '../observer/layout.ts'
import type { HostFacts } from './facts.ts'

/**
 * FATAL: an install would fail or the cluster would be unusable. WARN: it works, worse than it
 * could.
 */
export type Level = 'FATAL' | 'WARN'

/** Something that is not as it should be on a host, for an operator. */
export interface Finding {
  /** OCP's code, or obd's documented one (`OBD-1007`) where OCP publishes none. */
  readonly code: CauseCode
  readonly item: Said
  readonly level: Level
  readonly message: Said
  readonly advice: Said
}

/**
 * A finding of a host among others, or why a host could not be looked at, on its way to the API.
 */
export interface HostFinding extends Omit<Finding, 'code'> {
  /** One of this release's codes, or of the worker's. */
  readonly code: string
  readonly hostId: number
  readonly host: string
}

/** What is to be installed where. */
export interface Wish {
  readonly taskId: number
  readonly cluster: ClusterSpec
  readonly server: Pick<ServerSpec, 'hostId' | 'ip'>
  readonly layout: Layout
  readonly package: {
    readonly name: string
    readonly nvra: string
    readonly architecture: string
    readonly size: number
    /** Names that packages of the host have to provide. */
    readonly needs: readonly string[]
  }
  /** Where the package of the host's agent puts it; absent when it has none. */
  readonly agentHome?: string | undefined
}

/** How far a host's clock is from the controller's, and how far off that may be. Milliseconds. */
export interface Clock {
  readonly ip: string
  readonly offsetMs: number
  readonly errorMs: number
}

/** Whether another host of the cluster reaches a port of this one. */
export interface Way {
  readonly from: string
  readonly port: number
  readonly reached: boolean
}

/** All that is judged. */
export interface Situation {
  readonly facts: HostFacts
  readonly wish: Wish
  /** This host's clock and those of the peers that answered. */
  readonly clocks: readonly Clock[]
  /** What other hosts say of their ways to this one; undefined: nothing could listen here. */
  readonly ways: readonly Way[] | undefined
  /** Addresses of peers whose clock could not be asked. */
  readonly silent: readonly string[]
  /** Addresses of other hosts of the cluster that are this machine. */
  readonly twins: readonly string[]
  /** Addresses of those with its machine-id that are other machines. */
  readonly clones: readonly string[]
}

/**
 * One line of the table of pre-checks: what is looked at, how bad a finding is, and what is said
 * then, once for each thing found.
 */
export interface Check {
  readonly code: CauseCode
  readonly item: Said
  readonly level: Level
  readonly advice: Said
  readonly look: (situation: Situation) => readonly Said[]
}

/** For a check that says one thing or nothing. */
export const when = (found: boolean, message: Said): readonly Said[] => (found ? [message] : [])
