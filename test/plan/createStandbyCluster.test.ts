import { describe, expect, it } from 'vitest'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { createStandbyClusterPlan } from '../../src/operations/createStandbyCluster.ts'
import { expand } from '../../src/plan/expand.ts'
import { type Plan, stagesIn } from '../../src/plan/plan.ts'

const activities = (plan: Plan) => stagesIn(plan).map(({ activity }) => activity)

describe('the plan of a standby cluster', () => {
  it('leaves out what only a primary can do and adds what concerns the primary, in the same order otherwise', () => {
    const primary = activities(createClusterPlan)
    const standby = activities(createStandbyClusterPlan)
    const common = standby.filter((activity) => primary.includes(activity))
    expect(primary.filter((activity) => !standby.includes(activity))).toEqual([
      'setSysPassword',
      'createDefaultUser',
      'setSysPrimaryZone',
      'triggerCompaction',
    ])
    expect(primary.filter((activity) => common.includes(activity))).toEqual(common)
    expect(standby.filter((activity) => !primary.includes(activity))).toEqual([
      'checkPrimaryCluster',
      'addStandbyCluster',
      'checkStandbyCluster',
    ])
  })

  it('looks at the primary before it touches a host', () => {
    const planned = expand(createStandbyClusterPlan, {
      hosts: [{ id: 1, ip: '10.0.0.1' }],
      zones: ['zone1'],
    })
    const firstOnHost = planned.findIndex(({ host }) => host !== undefined)
    expect(planned.findIndex(({ activity }) => activity === 'checkPrimaryCluster')).toBeLessThan(
      firstOnHost,
    )
  })
})
