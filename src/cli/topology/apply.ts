import type { Context } from '../command.ts'
import type { Outcome } from '../exitCodes.ts'
import { confirmed } from '../prompt.ts'
import { painter, plain } from '../text.ts'
import { awaitHosts } from './inventorySteps.ts'
import { changes, isBlocked, openPlan, type Plan, planLines } from './plan.ts'
import type { Step } from './step.ts'

const isOfHosts = ({ kind }: Step): boolean => kind === 'host' || kind === 'hosts'

/** How to reach the database. */
function connection({ progress }: Plan): string {
  const { cluster, obproxy } = progress.file.topology
  if (obproxy)
    return `mysql -h ${obproxy.hosts[0]} -P ${obproxy.ports?.sql ?? 2883} -u root@sys#${cluster.name} -p`
  return `mysql -h ${cluster.zones[0]?.hosts[0]} -P ${cluster.ports?.sql ?? 2881} -u root@sys -p`
}

async function carryOut(plan: Plan): Promise<Outcome | undefined> {
  const { progress } = plan
  const { color, note } = progress.context
  const paint = painter(color)
  const steps = changes(plan)
  const lastOfHosts = steps.findLast(isOfHosts)
  for (const step of steps) {
    note(`${paint('cyan', '▶')} ${step.kind} ${plain(step.name)}`)
    const outcome = await step.run?.(progress)
    if (outcome !== undefined && outcome !== 'done') return outcome
    if (step === lastOfHosts && (await awaitHosts(progress)) === 'failed') return 'failed'
  }
  return undefined
}

/**
 * Makes what a topology file describes and is not there yet, and goes on with what was begun. What
 * is there as described is left alone.
 */
export async function apply(
  context: Context,
  path: string,
  { yes }: { readonly yes: boolean },
): Promise<Outcome | undefined> {
  const plan = await openPlan(context, path, { ask: true })
  const { cluster } = plan.progress.file.topology
  const write = (line: string): unknown => context.stdout.write(`${line}\n`)
  if (changes(plan).length === 0 && !isBlocked(plan)) {
    write(
      `Nothing to do: all that ${path} describes is there, and cluster ${cluster.name} is RUNNING.`,
    )
    return undefined
  }
  if (!context.quiet || isBlocked(plan))
    for (const line of planLines(plan, context.color)) write(line)
  if (isBlocked(plan)) return 'failed'
  if (!yes && !(await confirmed(context, 'Do this?'))) return 'failed'
  const outcome = await carryOut(plan)
  if (outcome === undefined) {
    context.note(`Cluster ${cluster.name} is RUNNING: ${connection(plan)}`)
    return undefined
  }
  context.note(
    `Stopped. Mend what is named above; then this goes on from here: obflow apply -f ${path}`,
  )
  return outcome
}
