import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../index.ts'
import { readCompose, type Volume } from './compose.ts'
import { type Container, startContainer } from './container.ts'
import { type Image, imageNamed, searchPath } from './images.ts'
import { inOrder, type Runnable } from './order.ts'

export interface ProjectOptions {
  /**
   * The containers are plugged into the switch of this lab's hosts, lie in its folder, and end with
   * it.
   */
  readonly lab: Lab
  /** docker-compose.yml, and what is laid over it. */
  readonly files: readonly string[]
  /** What `.env` would say. */
  readonly env: Readonly<Record<string, string>>
  /** As `docker compose up --scale`; one of each unless told. */
  readonly scale?: Readonly<Record<string, number>>
}

/** What `docker compose up` made. */
export interface Project {
  /** The containers of a service, in order; none of a service that has no counterpart here. */
  containers(service: string): readonly Container[]
  /** One of them; throws when there is none. */
  container(service: string, index?: number): Container
  /** Ends all of them at once. */
  close(): Promise<void>
}

/** A container that is to be, as `api-2`. */
interface Planned {
  readonly name: string
  readonly ip: string
  readonly service: Runnable
}

/** Hosts of a lab have addresses from .11 on, 200 at most. */
const firstAddress = 220

/**
 * Starts the services of compose files in the order that they ask for; resolves when each is
 * healthy, or has ended well, if it can say.
 */
export async function startProject({
  lab,
  files,
  env,
  scale = {},
}: ProjectOptions): Promise<Project> {
  const services = readCompose(files, env).flatMap((service) => {
    const image = imageNamed(service.image)
    // The Web UI has no counterpart here, and nothing waits for it.
    return image ? [{ ...service, image }] : []
  })
  const planned: Planned[] = services
    .flatMap((service) =>
      Array.from({ length: scale[service.name] ?? 1 }, (_, index) => ({ service, index })),
    )
    .map(({ service, index }, place) => ({
      service,
      name: `${service.name}-${index + 1}`,
      ip: lab.subnet.replace(/0\/24$/, String(firstAddress + place)),
    }))
  const dir = join(lab.dir, 'grown')
  mkdirSync(dir, { recursive: true })
  const hosts = join(dir, 'hosts')
  writeFileSync(hosts, hostsFile(planned))

  const started = new Map<Runnable, readonly Container[]>()
  const close = async (): Promise<void> => {
    await Promise.all([...started.values()].flat().map((container) => container.close()))
  }
  try {
    await inOrder(services, (service) => {
      const containers = planned
        .filter((one) => one.service === service)
        .map((one) => start(one, { lab, dir, hosts }))
      started.set(service, containers)
      return containers
    })
  } catch (error) {
    await close()
    throw error
  }
  const containers = (name: string): readonly Container[] =>
    [...started].find(([service]) => service.name === name)?.[1] ?? []
  return {
    containers,
    container(service, index = 0) {
      const found = containers(service)[index]
      if (!found) throw new Error(`no container ${service}-${index + 1}`)
      return found
    },
    close,
  }
}

interface Place {
  readonly lab: Lab
  readonly dir: string
  readonly hosts: string
}

function start({ name, ip, service }: Planned, { lab, dir, hosts }: Place): Container {
  const [host] = lab.hosts
  if (!host) throw new Error('the lab has no host, and so no switch')
  const { image } = service
  return startContainer({
    name,
    ip,
    dir: join(dir, name),
    network: host.network,
    mounts: [
      ...image.layers.map((layer) => ({ ...layer, readOnly: true })),
      ...service.volumes.map((volume) => ({ ...volume, source: sourceOf(volume, dir, image) })),
      { source: hosts, target: '/etc/hosts', readOnly: true },
    ],
    // Docker's rule: an entry point of the service's own takes the image's command away too.
    command: service.entrypoint
      ? [...service.entrypoint, ...(service.command ?? [])]
      : [...image.entrypoint, ...(service.command ?? image.command)],
    user: image.user,
    workingDir: image.workingDir,
    environment: { PATH: searchPath, HOME: '/tmp', ...image.environment, ...service.environment },
    stopSignal: image.stopSignal,
    stopGraceMs: service.stopGraceMs,
    restarts: service.restarts,
    adopt: (process) => lab.adopt(process),
  })
}

/**
 * What Docker's name server would answer: each container by its own name, its service by all of its
 * containers.
 */
const hostsFile = (planned: readonly Planned[]): string =>
  [
    '127.0.0.1 localhost',
    ...planned.map(({ ip, name, service }) => `${ip} ${name} ${service.name}`),
    '',
  ].join('\n')

/**
 * A named volume is a folder that begins, as Docker's do, with the owner that the image gave it.
 */
function sourceOf({ source }: Volume, dir: string, image: Image): string {
  if ('path' in source) return source.path
  const path = join(dir, 'volumes', source.volume)
  if (mkdirSync(path, { recursive: true }) !== undefined) chownSync(path, image.user, image.user)
  return path
}
