import type { LabHost } from '../../../lab/index.ts'
import type { BuiltPackage } from '../../../lab/packages/index.ts'
import type { Package } from '../../../src/store/index.ts'
import { packageFrom } from '../../lab/hostNode.ts'
import type { Sweep } from '../sweep.ts'

/** What a chain works with. */
export interface Bench {
  readonly hosts: readonly LabHost[]
  /** A package of the lab; the newest of that name unless told. */
  readonly packageOf: (name: string, version?: string) => Package
  /** Kills a node at each of its points, if it was asked for. */
  readonly sweep: (sweep: Sweep) => Promise<void>
}

/** Nodes in an order in which each finds what it needs. Chains run side by side on own hosts. */
export interface Chain {
  readonly name: string
  /** The nodes that it kills. */
  readonly nodes: readonly string[]
  readonly hosts: number
  readonly run: (bench: Bench) => Promise<void>
}

export const packagesOf =
  (built: readonly BuiltPackage[]): Bench['packageOf'] =>
  (name, version) => {
    const found = built.findLast(
      (item) => item.name === name && (version === undefined || item.version === version),
    )
    if (!found) throw new Error(`the lab lacks the package ${name}`)
    return packageFrom(found.path)
  }

export const hostAt = (hosts: readonly LabHost[], index: number): LabHost => {
  const host = hosts[index]
  if (!host) throw new Error(`the chain has no host ${index + 1}`)
  return host
}

export const nothing = async (): Promise<void> => undefined
