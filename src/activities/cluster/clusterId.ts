import type { NodeInput } from '../../plan/node.ts'

/** The cluster of a node that runs after, or without, a look at the cluster itself. */
export function clusterIdOf({ clusterId, name }: Pick<NodeInput, 'clusterId' | 'name'>): number {
  if (clusterId === undefined) throw new TypeError(`"${name}" needs a cluster`)
  return clusterId
}
