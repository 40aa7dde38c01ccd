import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand, type PlannedSubtask } from '../../src/plan/expand.ts'
import { once, perHost, seconds, zoneByZone } from '../../src/plan/plan.ts'
import { anyPlan, anyTargets, plan, targets } from './arbitrary.ts'

const documented = z
  .object({
    task: z.string(),
    subtasks: z.array(
      z.object({
        name: z.string(),
        upstreams: z.array(z.number()),
        downstreams: z.array(z.number()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('createPrimaryCluster.json', import.meta.url), 'utf8')))

const named = (subtasks: readonly PlannedSubtask[]) =>
  subtasks.map(({ name, upstreams, downstreams }) => ({ name, upstreams, downstreams }))

describe('the create plan', () => {
  it("gives for one host exactly the subtasks and edges of OCP's own sample", () => {
    expect(createClusterPlan.name).toBe(documented.task)
    expect(named(expand(createClusterPlan, targets(1)))).toEqual(documented.subtasks)
  })

  it.each([1, 2, 3, 5, 100, 1554])('has 23 + 6(N−1) subtasks for %i hosts', (hosts) => {
    expect(expand(createClusterPlan, targets(hosts))).toHaveLength(23 + 6 * (hosts - 1))
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
    hold(({ subtasks }) =>
      expect(subtasks.map(({ index }) => index)).toEqual(subtasks.map((_, index) => index)),
    )
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
        for (const downstream of downstreams)
          expect(subtasks[downstream]?.upstreams).toContain(index)
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
          const among = targets.hosts.filter((each) => zone === undefined || each.zone === zone)
          expect(host).toBe(parallelIdx === -1 ? undefined : among[parallelIdx])
        }
      }),
    )
  })
})

it('has a zone behind it before the next one begins', () => {
  fc.assert(
    fc.property(anyPlan, anyTargets, (plan, targets) => {
      const zoned = plan.stages.map((entry) => ('zoneByZone' in entry ? entry : zoneByZone(entry)))
      const subtasks = expand({ ...plan, stages: zoned.slice(0, 1) }, targets)
      const order = subtasks.map(({ zone = '' }) => targets.zones.indexOf(zone))
      expect(order).toEqual(order.toSorted((a, b) => a - b))
      for (const [index, { upstreams }] of subtasks.entries()) {
        if (order[index] !== order[index - 1] && index > 0) expect(upstreams).not.toEqual([])
      }
    }),
  )
})

it('runs the stages of a zone on its hosts only, joined like any others', () => {
  const upgrade = plan('Upgrade', [
    once('Begin', 'begin', { timeout: '1m' }),
    zoneByZone(
      perHost('Stop', 'stop', { timeout: '1m' }),
      perHost('Start', 'start', { timeout: '1m' }),
    ),
    once('End', 'end', { timeout: '1m' }),
  ])
  const shown = expand(upgrade, targets(3, 2)).map(
    ({ name, host, zone = '-', parallelIdx, upstreams }) =>
      [name, host?.ip ?? '-', zone, parallelIdx, upstreams.join(' ')].join(' | '),
  )
  expect(shown).toEqual([
    'Begin | - | - | -1 | ',
    'Stop | 10.0.0.1 | zone1 | 0 | 0',
    'Stop | 10.0.0.3 | zone1 | 1 | 0',
    'Wait node | - | zone1 | -1 | 1 2',
    'Start | 10.0.0.1 | zone1 | 0 | 3',
    'Start | 10.0.0.3 | zone1 | 1 | 3',
    'Wait node | - | zone2 | -1 | 4 5',
    'Stop | 10.0.0.2 | zone2 | 0 | 6',
    'Wait node | - | zone2 | -1 | 7',
    'Start | 10.0.0.2 | zone2 | 0 | 8',
    'End | - | - | -1 | 9',
  ])
})

it('refuses a stage that has nothing to run on', () => {
  expect(() => expand(createClusterPlan, { hosts: [], zones: [] })).toThrow(
    '"Pre check for install OB" has nothing to run on',
  )
})

it('reads durations', () => {
  expect([seconds('30s'), seconds('5m'), seconds('1h')]).toEqual([30, 300, 3600])
})
