import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import type { Rule } from '../operation.ts'
import { lockObproxies } from '../uses.ts'

/**
 * A second rollback may find that the first one has already deleted the rows of what was made.
 */
export const obproxyIn =
  (wanted: 'CREATING' | 'DELETING'): Rule =>
  async (tx, { obproxyClusterId, operation }) => {
    const [found] = await lockObproxies(tx, obproxyClusterId === null ? [] : [obproxyClusterId])
    if (found?.status === wanted || (found === undefined && operation === 'ROLLBACK')) return
    if (found === undefined) throw new Refused({ code: 'ODP21001', args: [obproxyClusterId ?? ''] })
    const reason = say`OBProxy cluster ${found.name} is ${found.status}, not ${wanted}`
    throw new Refused({ code: 'COM10005', args: [reason] })
  }

/** Links are changed on an OBProxy cluster that is there. */
export const obproxyIsThere: Rule = async (tx, { obproxyClusterId }) => {
  const [found] = await lockObproxies(tx, obproxyClusterId === null ? [] : [obproxyClusterId])
  if (found === undefined) throw new Refused({ code: 'ODP21001', args: [obproxyClusterId ?? ''] })
}
