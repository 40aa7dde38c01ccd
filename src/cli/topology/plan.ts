import type { Context } from '../command.ts'
import { findingLines, isRefused, type PlannedCreate } from '../resources/rehearsal.ts'
import { painter, plain } from '../text.ts'
import { clusterStep, obproxySteps, precheck, serverOf } from './clusterSteps.ts'
import { inventorySteps, tryLogins } from './inventorySteps.ts'
import { secretsOf } from './secretRef.ts'
import { type Action, type Progress, type Step, signs, startProgress } from './step.ts'
import { readTopologyFile, type TopologyFile } from './topologyFile.ts'
import { lookUp } from './world.ts'

/** What `apply` would do, and what the API says to it. */
export interface Plan {
  readonly steps: readonly Step[]
  /** Undefined: hosts or packages are not there yet, or the cluster is. */
  readonly precheck: PlannedCreate | undefined
  readonly progress: Progress
}

const isReady = (status: string | undefined): boolean =>
  status === 'AVAILABLE' || status === 'ONLINE'

/** Reads the file, looks up what is there, and asks the API for its dry run where it can. */
export async function planOf(
  context: Context,
  file: TopologyFile,
  { ask }: { readonly ask: boolean },
): Promise<Plan> {
  const { topology } = file
  const secrets = secretsOf(context, file.folder)
  const client = await context.client()
  const world = await lookUp(client, file)
  const server = await serverOf(topology, world.packages)
  const steps = [
    ...inventorySteps(topology, world),
    clusterStep(topology, world, server),
    ...obproxySteps(topology, world),
  ]
  const progress = startProgress({ context, client, secrets, file, world })
  await tryLogins(progress, topology, world)
  const addresses = topology.cluster.zones.flatMap(({ hosts }) => hosts)
  const canLook =
    world.cluster === undefined &&
    world.packages.every(({ uploaded }) => uploaded !== undefined) &&
    addresses.every((address) => isReady(world.hosts.get(address)?.status))
  if (!canLook) return { steps, precheck: undefined, progress }
  const found = await precheck(progress, server, { ask })
  progress.checked = !isRefused(found)
  return { steps, precheck: found, progress }
}

export const openPlan = (context: Context, file: string, asking: { readonly ask: boolean }) =>
  planOf(context, readTopologyFile(context.cwd, file), asking)

export const changes = ({ steps }: Plan): readonly Step[] =>
  steps.filter(({ action }) => action === 'make' || action === 'goOn')

const count = ({ steps }: Plan, action: Action): number =>
  steps.filter((step) => step.action === action).length

/** A plan as lines for people. */
export function planLines(plan: Plan, color: boolean): string[] {
  const paint = painter(color)
  const style = { make: 'green', goOn: 'yellow', keep: 'dim', differs: 'red' } as const
  const lines = plan.steps.map(({ action, detail, kind, name }) => {
    const text = `${kind.padEnd(9)} ${plain(name)}${detail === undefined ? '' : `  (${plain(detail)})`}`
    const sign = paint(style[action], signs[action])
    return `  ${sign} ${action === 'keep' ? paint('dim', text) : text}`
  })
  const look =
    plan.precheck !== undefined
      ? plan.precheck.preCheck.length + plan.precheck.admission.length === 0
        ? ['Pre-check: nothing is wrong on any host.']
        : [
            'Pre-check:',
            ...findingLines(plan.precheck, plan.progress.client.url).map((line) => `  ${line}`),
          ]
      : changes(plan).some(({ kind, action }) => kind === 'cluster' && action === 'make')
        ? [
            'Pre-check: apply looks at the hosts once they are added, before it creates the cluster.',
          ]
        : []
  const counts = `${count(plan, 'make')} to make, ${count(plan, 'goOn')} to go on with, ${count(plan, 'keep')} there`
  return [...lines, ...look, `Plan: ${counts}.`]
}

/** The same for programs. */
export const planData = ({ precheck, steps }: Plan) => ({
  steps: steps.map(({ action, detail, kind, name }) => ({ action, kind, name, detail })),
  admission: precheck?.admission ?? [],
  preCheck: precheck?.preCheck ?? [],
})

/** Whether something stands in the way of the plan. */
export const isBlocked = ({ precheck, steps }: Plan): boolean =>
  steps.some(({ action }) => action === 'differs') ||
  (precheck !== undefined && isRefused(precheck))
