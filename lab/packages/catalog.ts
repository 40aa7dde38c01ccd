import { agentPackages } from './catalog/agent.ts'
import { obproxyPackages } from './catalog/obproxy.ts'
import { observerPackages } from './catalog/observer.ts'
import type { LabPackage } from './labPackage.ts'

/** Every package that the lab knows to build. */
export const catalog: readonly LabPackage[] = [
  ...observerPackages,
  ...obproxyPackages,
  ...agentPackages,
]
