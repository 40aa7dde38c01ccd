import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LabHost } from '../index.ts'
import type { Instant } from './hook.ts'
import type { Stack } from './stack.ts'

/** How far into a node's work a fault comes, where nothing better is known. */
const amidMs = 150
/** Much less than it takes to send the rest of a package. */
const lookEveryMs = 2
const begunBytes = 1 << 20

/** Some of the package has come, and lies under the name that it has until it is whole. */
function isUploading(host: LabHost): boolean {
  const folder = join(host.disk, 'var/lib/obflow/packages')
  try {
    return readdirSync(folder).some(
      (name) => name.includes('.rpm.obflow-') && statSync(join(folder, name)).size >= begunBytes,
    )
  } catch {
    return false
  }
}

const bootstrapReceived = (host: LabHost): boolean =>
  existsSync(join(host.disk, 'home/admin/oceanbase/run/bootstrap.received'))

/** Where a run can least bear a fault. It must come there: before or after says nothing. */
const worst: Readonly<Record<string, (host: LabHost) => boolean>> = {
  'Install rpm': isUploading,
  'Bootstrap ob': bootstrapReceived,
}

/** Whether this node has an instant of its own at which the fault must come. */
export const hasWorst = (node: string): boolean => node in worst

/** Resolves when the fault is due; at once when `over` says that the node has ended before. */
export async function due(stack: Stack, { name }: Instant, over: () => boolean): Promise<void> {
  const reached = worst[name]
  if (!reached) return sleep(amidMs)
  while (!over() && !stack.lab.hosts.some(reached)) await sleep(lookEveryMs)
}
