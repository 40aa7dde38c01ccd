import { describe, expect, it } from 'vitest'
import { restartClusterPlan } from '../../src/operations/restartCluster.ts'
import { expand, type Targets } from '../../src/plan/expand.ts'
import { targets } from './arbitrary.ts'
import documented from './restartCluster.json' with { type: 'json' }

const planned = (over: Targets) => expand(restartClusterPlan(over), over)

describe('the plan of a restart', () => {
  it("gives for one zone exactly the subtasks and edges of OCP's own sample", () => {
    const over = targets(1)
    expect(restartClusterPlan(over).name).toBe(documented.task)
    const shown = planned(over).map(({ name, upstreams, downstreams }) => ({
      name,
      upstreams,
      downstreams,
    }))
    expect(shown).toEqual(documented.subtasks)
  })

  it('goes zone by zone from three zones on, each with its own hosts', () => {
    const subtasks = planned(targets(5, 3))
    const zones = subtasks.flatMap(({ zone }) => zone ?? [])
    expect([...new Set(zones)]).toEqual(['zone1', 'zone2', 'zone3'])
    expect(zones).toEqual(zones.toSorted())
    const stopped = subtasks.filter(({ name }) => name === 'Stop observer process')
    expect(stopped.map(({ host, zone }) => `${zone} ${host?.ip}`)).toEqual([
      'zone1 10.0.0.1',
      'zone1 10.0.0.4',
      'zone2 10.0.0.2',
      'zone2 10.0.0.5',
      'zone3 10.0.0.3',
    ])
  })

  it('stops the observers of two zones at once, in no zone’s turn', () => {
    const subtasks = planned(targets(4, 2))
    expect(subtasks.filter(({ name }) => name === 'Stop observer process')).toHaveLength(4)
    expect(subtasks.filter(({ name }) => name === 'Start zone')).toHaveLength(1)
    expect(subtasks.some(({ zone }) => zone !== undefined)).toBe(false)
  })
})
