import { say } from '../../errors/say.ts'
import { serversOf } from '../cluster.ts'
import { lineOf } from '../versions.ts'
import { type Check, when } from './finding.ts'

/** How many letters have to be changed, put in or left out to get from one word to the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1]
    for (const [column, its] of [...other].entries())
      next.push(
        Math.min(
          (next[column] ?? 0) + 1,
          (row[column + 1] ?? 0) + 1,
          (row[column] ?? 0) + (letter === its ? 0 : 1),
        ),
      )
    row = next
  }
  return row[other.length] ?? 0
}

const mostSlips = 3

function nearest(name: string, known: ReadonlySet<string>): string | undefined {
  const [best] = [...known]
    .map((candidate) => ({ candidate, slips: distance(name, candidate) }))
    .sort((one, other) => one.slips - other.slips)
  return best && best.slips <= mostSlips ? best.candidate : undefined
}

/** Names of startup parameters; found once, on the cluster's first host. */
export const parameterChecks: readonly Check[] = [
  {
    code: 'OBD-1017',
    item: say`startupParameters`,
    level: 'WARN',
    advice: say`correct its name; leave it as it is when this version is known to have it`,
    look: ({ wish: { cluster, server } }) => {
      if (serversOf(cluster)[0]?.hostId !== server.hostId) return []
      const { name: line, parameterNames } = lineOf(cluster.version)
      return cluster.startupParameters.flatMap(({ name }) => {
        const asked = name.toLowerCase()
        const other = nearest(asked, parameterNames)
        const unknown = say`${name} is no parameter known of OceanBase ${line}, and observer ignores what it does not know`
        return when(
          !asked.startsWith('_') && !parameterNames.has(asked),
          other ? say`${unknown}; is ${other} meant?` : unknown,
        )
      })
    },
  },
]
