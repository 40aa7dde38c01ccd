import type { ApiClient } from '../client.ts'
import type { Context } from '../command.ts'
import type { Outcome } from '../exitCodes.ts'
import type { Secrets } from './secretRef.ts'
import type { TopologyFile } from './topologyFile.ts'
import type { Uploaded, World } from './world.ts'

/** What is done about one thing of a topology. */
export const signs = { make: '+', goOn: '~', keep: '=', differs: '!' } as const
export type Action = keyof typeof signs

/** What `apply` knows while it works: ids of what was there and of what it has made. */
export interface Progress {
  readonly context: Context
  readonly client: ApiClient
  readonly secrets: Secrets
  readonly file: TopologyFile
  readonly world: World
  readonly regions: Map<string, number>
  readonly idcs: Map<string, number>
  readonly credentials: Map<string, number>
  readonly hosts: Map<string, number>
  readonly packages: Map<string, Uploaded>
  /** Tasks that prepare hosts, side by side. */
  readonly preparing: Set<number>
  /** Whether the hosts were looked at, and nothing was in the way. */
  checked: boolean
}

export interface Step {
  readonly action: Action
  /** For people: `host`, `cluster`. */
  readonly kind: string
  readonly name: string
  readonly detail?: string
  /** Does it; anything but undefined or `done` ends the apply. */
  run?(progress: Progress): Promise<Outcome | undefined>
}

export const startProgress = (
  given: Pick<Progress, 'context' | 'client' | 'secrets' | 'file' | 'world'>,
): Progress => {
  const { world } = given
  return {
    ...given,
    regions: new Map(world.regions),
    idcs: new Map(world.idcs),
    credentials: new Map(world.credentials),
    hosts: new Map([...world.hosts].map(([address, { id }]) => [address, id])),
    packages: new Map(
      world.packages.flatMap(({ fileName, uploaded }) => (uploaded ? [[fileName, uploaded]] : [])),
    ),
    preparing: new Set(),
    checked: false,
  }
}

/** What a step before has made, or what was there. */
export function idIn(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name)
  if (id === undefined) throw new TypeError(`${name} has no id yet`)
  return id
}
