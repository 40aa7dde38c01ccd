import { say } from '../../errors/say.ts'
import { serversOf } from '../cluster.ts'
import { type Check, when } from './finding.ts'

/** How many zones may be lost while a majority is left. */
const spare = (zones: number): number => Math.floor((zones - 1) / 2)

/**
 * The zones of the cluster; found once, on its first host. Source: OceanBase's documentation,
 * "Multi-replica consensus": an odd number.
 */
export const zoneChecks: readonly Check[] = [
  {
    code: 'OBE18010',
    item: say`zones`,
    level: 'WARN',
    advice: say`use an odd number of zones`,
    look: ({ wish: { cluster, server } }) => {
      const count = cluster.zones.length
      const isFirst = serversOf(cluster)[0]?.hostId === server.hostId
      return when(
        isFirst && count % 2 === 0,
        say`${count} zones survive the loss of ${spare(count)}, no more than ${count - 1} would`,
      )
    },
  },
]
