import type { PartNode } from '../node.ts'

/** The zones that a node works on, in order. */
export const zonesIn = ({ servers }: Pick<PartNode, 'servers'>): string[] => [
  ...new Set(servers.map(({ zone }) => zone)),
]
