import type { Condition, Service } from './compose.ts'
import type { Container } from './container.ts'
import type { Image } from './images.ts'

/** A service with what its image is here. */
export type Runnable = Omit<Service, 'image'> & { readonly image: Image }

type Wait = (service: Runnable, container: Container) => Promise<void> | undefined

/** What compose waits for, by `condition`. */
const waits: Readonly<Record<Condition, Wait>> = {
  service_started: () => undefined,
  service_healthy: ({ healthcheck }, container) => healthcheck && container.healthy(healthcheck),
  service_completed_successfully: (_, container) => container.completed,
}

/**
 * Starts each service when what it depends on is as far as it asks for; resolves when each is
 * healthy, or has ended well, if it can say.
 */
export async function inOrder(
  services: readonly Runnable[],
  start: (service: Runnable) => readonly Container[],
): Promise<void> {
  const starts = new Map<Runnable, Promise<readonly Container[]>>()
  const reach = async (service: Runnable, condition: Condition): Promise<void> => {
    const containers = await started(service)
    await Promise.all(containers.map((container) => waits[condition](service, container)))
  }
  const afterOthers = async (service: Runnable): Promise<readonly Container[]> => {
    await Promise.all(
      service.dependsOn.map(({ service: name, condition }) => {
        const needed = services.find((candidate) => candidate.name === name)
        if (!needed) throw new Error(`${service.name} depends on ${name}, which is not there`)
        return reach(needed, condition)
      }),
    )
    return start(service)
  }
  const started = (service: Runnable): Promise<readonly Container[]> => {
    const starting = starts.get(service) ?? afterOthers(service)
    starts.set(service, starting)
    return starting
  }
  await Promise.all(
    services.map((service) =>
      reach(
        service,
        service.restarts === 'always' ? 'service_healthy' : 'service_completed_successfully',
      ),
    ),
  )
}
