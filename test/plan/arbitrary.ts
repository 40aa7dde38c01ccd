import fc from 'fast-check'
import type { Targets } from '../../src/plan/expand.ts'
import {
  once,
  type Plan,
  perHost,
  type Stage,
  type ZoneByZone,
  zoneByZone,
} from '../../src/plan/plan.ts'

/** A plan of stages that are no real node's. */
export const plan = (
  name: string,
  stages: readonly (Stage | ZoneByZone)[],
  { prohibitRollback = false }: { readonly prohibitRollback?: boolean } = {},
): Plan => ({ name, stages, prohibitRollback })

/** So many hosts, spread over the zones in turn; no zone is empty when there are as many hosts. */
export const targets = (hosts: number, zones = 1): Targets => ({
  hosts: Array.from({ length: hosts }, (_, index) => ({
    id: index + 1,
    ip: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    zone: `zone${(index % zones) + 1}`,
  })),
  zones: Array.from({ length: zones }, (_, index) => `zone${index + 1}`),
})

export const anyTargets = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 }))
  .map(([zones, more]) => targets(zones + more, zones))

const anyStage = fc
  .record({ wide: fc.boolean(), undoable: fc.boolean(), number: fc.nat(99) })
  .map(({ wide, undoable, number }): Stage => {
    const options = { timeout: '1m', ...(undoable && { undo: `undo${number}` }) } as const
    return wide
      ? perHost(`Step ${number}`, `step${number}`, options)
      : once(`Step ${number}`, `step${number}`, options)
  })

const anyZoneByZone = fc
  .array(anyStage, { minLength: 1, maxLength: 4 })
  .map((stages) => zoneByZone(...stages))

export const anyPlan = fc
  .array(fc.oneof({ arbitrary: anyStage, weight: 3 }, { arbitrary: anyZoneByZone, weight: 1 }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((stages) => plan('Any', stages))
