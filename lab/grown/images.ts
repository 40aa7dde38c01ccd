import { globSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { nodeBinary, places } from '../hosts/machine.ts'
import { environmentOf } from './dockerfile.ts'

/** A file or folder of this machine that a container sees at `target`, read-only. */
export interface Layer {
  readonly source: string
  readonly target: string
}

/**
 * What an image of docker-compose.yml is here: programs of this machine at the places where the
 * image has them.
 */
export interface Image {
  readonly layers: readonly Layer[]
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  /** The image's USER, as a number; 0 where its entry point drops root itself. */
  readonly user: number
  readonly workingDir: string
  readonly environment: Readonly<Record<string, string>>
  readonly stopSignal: 'SIGTERM' | 'SIGINT'
}

/**
 * What `tools/grown.sh` built, from Temporal's own sources of the version in docker-compose.yml.
 */
const built = join(places.tools, 'grown')
const here = import.meta.dirname
const { repository } = places

/** Temporal's images are Alpine: sh and nc are busybox, whose nc Debian builds without -z. */
const alpine: readonly Layer[] = [
  { source: '/usr/bin/busybox', target: '/usr/bin/dash' },
  { source: '/usr/bin/nc.openbsd', target: '/usr/local/bin/nc' },
]
const temporal = { user: 1000, environment: {}, stopSignal: 'SIGTERM' } as const

/** By name without tag. */
const images: Readonly<Record<string, () => Image>> = {
  postgres: () => ({
    layers: [{ source: join(here, 'postgres.sh'), target: '/usr/local/bin/docker-entrypoint.sh' }],
    entrypoint: ['docker-entrypoint.sh'],
    command: ['postgres'],
    user: 0,
    workingDir: '/',
    environment: {
      PATH: `${searchPath}:${postgresBin()}`,
      PGDATA: '/var/lib/postgresql/18/docker',
    },
    stopSignal: 'SIGINT',
  }),
  'temporalio/server': () => ({
    ...temporal,
    layers: [
      ...alpine,
      { source: join(built, 'server'), target: '/usr/local/bin/temporal-server' },
      { source: join(built, 'entrypoint.sh'), target: '/etc/temporal/entrypoint.sh' },
    ],
    entrypoint: [],
    command: ['/etc/temporal/entrypoint.sh'],
    workingDir: '/etc/temporal',
  }),
  'temporalio/admin-tools': () => ({
    ...temporal,
    layers: [
      ...alpine,
      { source: join(built, 'sql'), target: '/usr/local/bin/temporal-sql-tool' },
      { source: join(places.tools, 'bin/temporal'), target: '/usr/local/bin/temporal' },
      { source: join(built, 'schema'), target: '/etc/temporal/schema' },
    ],
    entrypoint: [],
    command: [],
    workingDir: '/',
  }),
  obflow: () => ({
    layers: [
      { source: nodeBinary(), target: '/usr/local/bin/node' },
      ...['src', 'node_modules', 'package.json', 'docs/operators.md'].map((name) => ({
        source: realpathSync(join(repository, name)),
        target: `/obflow/${name}`,
      })),
    ],
    entrypoint: [],
    command: ['node', 'src/server.ts'],
    user: 1000,
    workingDir: '/obflow',
    environment: withoutBundle(environmentOf('obflow')),
    stopSignal: 'SIGTERM',
  }),
}

export const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The image's bundle of workflows is made when it is built; here a worker makes its own. */
const withoutBundle = ({
  OBFLOW_WORKFLOW_BUNDLE: _,
  ...environment
}: Readonly<Record<string, string>>) => environment

/**
 * The image of this name; undefined for one that has no counterpart here. Its tag is the business
 * of who built what it stands for.
 */
export const imageNamed = (name: string): Image | undefined => images[name.replace(/:.*/, '')]?.()

function postgresBin(): string {
  const found = globSync('/usr/lib/postgresql/*/bin').at(-1)
  if (found === undefined) throw new Error('no PostgreSQL on this machine: bash tools/grown.sh')
  return found
}
