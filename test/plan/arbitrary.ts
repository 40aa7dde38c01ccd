import fc from 'fast-check'
import type { Targets } from '../../src/plan/expand.ts'
import { once, perHost, perZone, plan } from '../../src/plan/plan.ts'

export const targets = (hosts: number, zones = 1): Targets => ({
  hosts: Array.from({ length: hosts }, (_, index) => ({
    id: index + 1,
    ip: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
  })),
  zones: Array.from({ length: zones }, (_, index) => `zone${index + 1}`),
})

export const anyTargets = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }))
  .map(([hosts, zones]) => targets(hosts, zones))

export const anyPlan = fc
  .array(fc.record({ stage: fc.constantFrom(once, perHost, perZone), undoable: fc.boolean() }), { minLength: 1, maxLength: 8 })
  .map((stages) =>
    plan(
      'Any',
      stages.map(({ stage, undoable }, index) =>
        stage(`Step ${index}`, `step${index}`, { timeout: '1m', ...(undoable && { undo: `undo${index}` }) }),
      ),
    ),
  )
