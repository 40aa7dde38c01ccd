import { parseArgs } from 'node:util'
import { createLab, type LabHost } from '../../lab/index.ts'
import { buildPackages } from '../../lab/packages/index.ts'
import { agentChain } from './chains/agent.ts'
import { type Chain, packagesOf } from './chains/bench.ts'
import { bootstrapChain } from './chains/bootstrap.ts'
import { clusterChain } from './chains/cluster.ts'
import { deletionChain } from './chains/deletion.ts'
import { hostChain } from './chains/host.ts'
import { obproxyChain } from './chains/obproxy.ts'
import { restartChain } from './chains/restart.ts'
import { serversChain } from './chains/servers.ts'
import { standbyChain } from './chains/standby.ts'
import { assertComplete, killedNodes } from './coverage.ts'
import { type Row, type Sweep, sweep } from './sweep.ts'
import { table } from './table.ts'

/**
 * `make kills`: every node that works on a host or by SQL, killed before, between every two
 * commands or statements, and after, then tried again. `--only makeDir` runs a node or a chain,
 * several by commas; `--every 5` runs every fifth point.
 */
const { values } = parseArgs({
  options: { only: { type: 'string' }, every: { type: 'string', default: '1' } },
})
const every = Number(values.every)
const only = values.only?.split(',')
const startedAt = performance.now()
const clock = (): string => {
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  return `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')}`
}
const say = (line: string): void => void process.stdout.write(`${clock()} ${line}\n`)

assertComplete()
const chains: readonly Chain[] = [
  hostChain,
  agentChain,
  bootstrapChain,
  serversChain,
  clusterChain,
  deletionChain,
  restartChain,
  obproxyChain,
  standbyChain,
]
const chosen = chains.filter(
  ({ name, nodes }) =>
    only === undefined || only.some((word) => word === name || nodes.includes(word)),
)
if (chosen.length === 0) throw new Error(`nothing is called ${values.only}`)

const packageOf = packagesOf(await buildPackages())
await using lab = await createLab({ hosts: chosen.reduce((sum, { hosts }) => sum + hosts, 0) })
const rows: Row[] = []
const broken: string[] = []

async function runChain({ name, run }: Chain, hosts: readonly LabHost[]): Promise<void> {
  const kill = async (node: Sweep): Promise<void> => {
    if (only && !only.includes(name) && !only.includes(node.activity)) return
    rows.push(await sweep(node, { every, say }))
  }
  try {
    await run({ hosts, packageOf, sweep: kill })
  } catch (error) {
    broken.push(
      `chain ${name} broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    say(broken.at(-1) ?? '')
  }
}

let next = 0
// Side by side: a node waits half of its time.
await Promise.all(
  chosen.map((chain) => {
    const hosts = lab.hosts.slice(next, next + chain.hosts)
    next += chain.hosts
    return runChain(chain, hosts)
  }),
)

if (only === undefined)
  for (const name of killedNodes)
    if (!rows.some(({ activity }) => activity === name)) broken.push(`${name} was not killed`)
process.stdout.write(`\n${table(rows)}\n`)
for (const { name, failures } of rows)
  for (const failure of failures) process.stdout.write(`${name}: ${failure}\n`)
for (const line of broken) process.stdout.write(`${line}\n`)
if (broken.length > 0 || rows.some(({ failures }) => failures.length > 0)) process.exitCode = 1
