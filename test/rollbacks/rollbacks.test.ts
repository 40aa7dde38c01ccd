import { describe, it } from 'vitest'
import { everyFailure, placeOf, rollbacks, roundsOf } from '../lab/rollbacks.ts'
import { recordHistory } from '../replay/record.ts'

describe('a create that failed at any of its nodes and is rolled back, or deleted once it RUNs, leaves host and store as before it was posted', () => {
  const on = rollbacks()

  it.each(roundsOf(everyFailure))('failed at node %s', async (_title, failing) => {
    const undone = await on.failAndTakeBack(failing)
    const makeDir = placeOf('Make dir for ob')
    const recorded = failing.findIndex(({ index, when }) => index === makeDir && when === 'after')
    const id = undone[recorded]
    if (id !== undefined) await recordHistory(on.scene().temporal, id, 'rolled-back-1-host')
  })
})
