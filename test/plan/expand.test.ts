import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createPrimaryCluster } from '../../src/operations/createCluster.ts'
import { expand, type PlannedSubtask } from '../../src/plan/expand.ts'
import { seconds } from '../../src/plan/plan.ts'
import { anyPlan, anyTargets, targets } from './arbitrary.ts'

const documented = z
  .object({
    task: z.string(),
    subtasks: z.array(z.object({ name: z.string(), upstreams: z.array(z.number()), downstreams: z.array(z.number()) })),
  })
  .parse(JSON.parse(readFileSync(new URL('createPrimaryCluster.json', import.meta.url), 'utf8')))

const named = (subtasks: readonly PlannedSubtask[]) =>
  subtasks.map(({ name, upstreams, downstreams }) => ({ name, upstreams, downstreams }))

describe('the create plan', () => {
  it("gives for one host exactly the subtasks and edges of OCP's own sample", () => {
    expect(createPrimaryCluster.name).toBe(documented.task)
    expect(named(expand(createPrimaryCluster, targets(1)))).toEqual(documented.subtasks)
  })

  it.each([1, 2, 3, 5, 100, 1554])('has 23 + 6(N−1) subtasks for %i hosts', (hosts) => {
    expect(expand(createPrimaryCluster, targets(hosts))).toHaveLength(23 + 6 * (hosts - 1))
  })
})

describe('any plan over any targets', () => {
  const anyExpansion = fc
    .tuple(anyPlan, anyTargets)
    .map(([plan, targets]) => ({ plan, targets, subtasks: expand(plan, targets) }))
  const hold = (claim: (expansion: { subtasks: PlannedSubtask[] }) => void) => {
    fc.assert(
      fc.property(anyExpansion, (expansion) => {
        claim(expansion)
      }),
    )
  }

  it('numbers its subtasks consecutively', () => {
    hold(({ subtasks }) => expect(subtasks.map(({ index }) => index)).toEqual(subtasks.map((_, index) => index)))
  })

  it('has only edges that lead forward, so it has no cycle', () => {
    hold(({ subtasks }) => {
      for (const { index, downstreams } of subtasks)
        for (const downstream of downstreams) expect(downstream).toBeGreaterThan(index)
    })
  })

  it('mirrors every edge', () => {
    hold(({ subtasks }) => {
      for (const { index, upstreams, downstreams } of subtasks) {
        for (const upstream of upstreams) expect(subtasks[upstream]?.downstreams).toContain(index)
        for (const downstream of downstreams) expect(subtasks[downstream]?.upstreams).toContain(index)
      }
    })
  })

  it('joins two neighbouring stages that both fan out, and nothing else', () => {
    hold(({ subtasks }) => {
      const parallel = (index: number) => (subtasks[index]?.parallelIdx ?? -1) >= 0
      for (const { name, upstreams, downstreams, parallelIdx } of subtasks) {
        if (name === 'Wait node') expect([...upstreams, ...downstreams].every(parallel)).toBe(true)
        if (parallelIdx >= 0) expect(downstreams.some(parallel)).toBe(false)
      }
    })
  })

  it('counts parallelIdx from 0 within a stage and gives each its target', () => {
    fc.assert(
      fc.property(anyExpansion, ({ targets, subtasks }) => {
        for (const { parallelIdx, host, zone } of subtasks) {
          if (host) expect(host).toBe(targets.hosts[parallelIdx])
          else if (zone !== undefined) expect(zone).toBe(targets.zones[parallelIdx])
          else expect(parallelIdx).toBe(-1)
        }
      }),
    )
  })
})

it('refuses a stage that has nothing to run on', () => {
  expect(() => expand(createPrimaryCluster, { hosts: [], zones: [] })).toThrow('"Pre check for install OB" has nothing to run on')
})

it('reads durations', () => {
  expect([seconds('30s'), seconds('5m'), seconds('1h')]).toEqual([30, 300, 3600])
})
