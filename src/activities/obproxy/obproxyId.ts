import type { NodeInput } from '../../plan/node.ts'

/** The OBProxy cluster that a node of the store is about, which may be gone by now. */
export function obproxyIdOf({ obproxyClusterId, name }: NodeInput): number {
  if (obproxyClusterId !== undefined) return obproxyClusterId
  throw new TypeError(`"${name}" needs an obproxy cluster`)
}
