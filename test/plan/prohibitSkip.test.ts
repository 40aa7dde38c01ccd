import { expect, test } from 'vitest'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { createStandbyClusterPlan } from '../../src/operations/createStandbyCluster.ts'
import { deleteClusterPlan } from '../../src/operations/deleteCluster.ts'
import { prepareHostPlan } from '../../src/operations/prepareHost.ts'
import { expand } from '../../src/plan/expand.ts'
import type { Plan } from '../../src/plan/plan.ts'

const plans: readonly (readonly [Plan, readonly string[]])[] = [
  [createClusterPlan, ['Prepare install cluster', 'Update OB cluster status']],
  [createStandbyClusterPlan, ['Prepare install cluster', 'Update OB cluster status']],
  [deleteClusterPlan, ['Delete cluster info', 'Unreserve host']],
  [prepareHostPlan, ['Update host status']],
]

// No other operation does what they do: a task that ended without them would leave cluster or host
// neither usable nor gone.
test.each(plans.map(([plan, names]) => ({ title: plan.name, plan, names })))(
  'of $title nobody skips what makes the store say how it ended',
  ({ plan, names }) => {
    const planned = expand(plan, { hosts: [{ id: 1, ip: '10.0.0.1' }], zones: ['zone1'] })
    expect(planned.filter(({ prohibitSkip }) => prohibitSkip).map(({ name }) => name)).toEqual(
      names,
    )
  },
)
