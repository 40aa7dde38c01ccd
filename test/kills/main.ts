import { parseArgs } from 'node:util'
import { createLab, type LabHost } from '../../lab/index.ts'
import { buildPackages } from '../../lab/packages/index.ts'
import { bootstrapOb, clearObservers } from '../../src/activities/bootstrapOb.ts'
import { installOcpAgent, removeOcpAgent } from '../../src/activities/installOcpAgent.ts'
import { installRpm, removeRpm } from '../../src/activities/installRpm.ts'
import { ioBench, removeIoBench } from '../../src/activities/ioBench.ts'
import { makeDir, removeDir } from '../../src/activities/makeDir.ts'
import { preCheck } from '../../src/activities/preCheck.ts'
import { refreshAgentConfig, restoreAgentConfig } from '../../src/activities/refreshAgentConfig.ts'
import { restartObserver } from '../../src/activities/restartObserver.ts'
import { startAgent } from '../../src/activities/startAgent.ts'
import { createClusterNodes } from '../lab/clusterNode.ts'
import { clusterOn, createNodes, packageFrom } from '../lab/hostNode.ts'
import { calls, killAt, putShims } from './shims.ts'

/**
 * `make kills`: every node that works on a host, its script killed before, between every two commands and after; then tried again, as
 * Temporal does. A retry has to end well and leave what an undisturbed run leaves. `--only "Make dir"`, `--every 5`.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, every: { type: 'string', default: '1' } } })
const every = Number(values.every)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const version = '4.2.1.8'
const packages = await buildPackages()
const pathOf = (wanted: (name: string, version: string) => boolean): string => {
  const found = packages.find((item) => wanted(item.name, item.version))
  if (!found) throw new Error('the lab lacks a package')
  return found.path
}

await using lab = await createLab({ hosts: 1 })
const [first] = lab.hosts
if (!first) throw new Error('the lab has no host')
const host: LabHost = first
await putShims(host)

const cluster = clusterOn(lab.hosts, version)
const file = packageFrom(pathOf((name, built) => name === 'oceanbase' && built === version))
const nodes = createClusterNodes(lab.hosts, { cluster, file })
const agent = packageFrom(pathOf((name) => name.includes('agent')))
const agents = createNodes(lab.hosts, { cluster, file: agent })
/** Hosts are prepared by a task of its own: what that brought outlives the cluster. */
const preparing = createNodes(lab.hosts, { cluster, file: agent, taskId: 6 })

interface Node {
  readonly name: string
  readonly run: () => Promise<unknown>
}

/** A node and its undo: one is run before the other is looked at. */
interface Pair {
  readonly node: Node
  readonly undo: Node
}

const pairs: readonly Pair[] = [
  {
    node: { name: 'Install ocp agent', run: () => installOcpAgent(preparing.prepare(1, 'installOcpAgent')) },
    undo: { name: 'Install ocp agent, rolled back', run: () => removeOcpAgent(preparing.prepare(1, 'removeOcpAgent')) },
  },
  {
    node: { name: 'Install rpm', run: () => installRpm(nodes.onHost(1, 'installRpm')) },
    undo: { name: 'Install rpm, rolled back', run: () => removeRpm(nodes.onHost(1, 'removeRpm')) },
  },
  {
    node: { name: 'Make dir for ob', run: () => makeDir(nodes.onHost(1, 'makeDir')) },
    undo: { name: 'Make dir for ob, rolled back', run: () => removeDir(nodes.onHost(1, 'removeDir')) },
  },
  {
    node: { name: 'Execute io bench', run: () => ioBench(nodes.onHost(1, 'ioBench')) },
    undo: { name: 'Execute io bench, rolled back', run: () => removeIoBench(nodes.onHost(1, 'removeIoBench')) },
  },
  {
    node: { name: 'Refresh agent config', run: () => refreshAgentConfig(agents.on(1, 'refreshAgentConfig')) },
    undo: { name: 'Refresh agent config, rolled back', run: () => restoreAgentConfig(agents.on(1, 'restoreAgentConfig')) },
  },
  {
    node: {
      name: 'Bootstrap ob',
      run: () => bootstrapOb(nodes.on('bootstrapOb')),
    },
    undo: { name: 'Bootstrap ob, rolled back', run: () => clearObservers(nodes.on('clearObservers')) },
  },
]

/** Nodes without anything to undo, where they stand in the plan. */
const alone: readonly (Node & { readonly after: string })[] = [
  { after: 'Refresh agent config', name: 'Start agent', run: () => startAgent(agents.on(1, 'startAgent')) },
  { after: 'Bootstrap ob', name: 'Restart observer process', run: () => restartObserver(nodes.on('restartObserver')) },
]

/** What an observer or agent writes by itself differs each time; the folder for packages and the note of a restart go later. */
const moving = [
  '/var/lib/obflow/*/restarted-*',
  '/var/lib/obflow/packages',
  '/data/*/terran/*/*',
  '*/oceanbase/etc/*',
  '*/oceanbase/store/terran/.*',
  '*/log/*',
  '*/run/*',
  '*/ocp_agent/*store/*',
]

/** What lies on the host. */
const traces = async (): Promise<string> => {
  const left = moving.map((path) => `! -path '${path}'`).join(' ')
  const look = `find /home/admin /data /var/lib/obflow ${left} -printf '%p %y %u %l\\n' 2>/dev/null | sort; rpm -qa | sort; ls /tmp`
  return (await host.exec(`PATH=/usr/bin:/bin:/usr/sbin:/sbin; ${look}`)).stdout
}

interface Row {
  readonly node: string
  points: number
  well: number
  readonly failures: string[]
}

/** Runs a node again and again, killed at one call more each time, until it gets through; `back` leads to where it began. */
async function sweep({ name, run }: Node, back: Node): Promise<Row> {
  const row: Row = { node: name, points: 0, well: 0, failures: [] }
  const before = await traces()
  await killAt(host, 0)
  await run()
  const total = await calls(host)
  const after = await traces()
  await run()
  if ((await traces()) !== after) row.failures.push('run twice it leaves something else')
  await back.run()
  for (let call = 1; call <= total; call += every) {
    await killAt(host, call)
    const cut = await run().then(
      () => 'got through',
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    )
    await killAt(host, 0)
    row.points += 1
    try {
      await run()
      const left = await traces()
      if (left !== after) throw new Error(`it leaves something else: ${difference(after, left)}`)
      if (cut.startsWith('DefiniteError')) throw new Error(`the kill was reported as definite: ${cut}`)
      await back.run()
      const again = await traces()
      if (again !== before) throw new Error(`taken back it leaves something else: ${difference(before, again)}`)
      row.well += 1
    } catch (error) {
      row.failures.push(
        `call ${call} of ${total} (${cut.slice(0, 200)}): ${error instanceof Error ? error.message : String(error)}`,
      )
      say(`  ${name}: ${row.failures.at(-1)}`)
      await back.run().catch((failure: unknown) => say(`  ${name}: and back: ${String(failure)}`))
    }
  }
  say(`${row.failures.length === 0 ? 'ok  ' : 'BAD '} ${name}: ${row.well} of ${row.points} kill points end well after a retry`)
  return row
}

const difference = (one: string, other: string): string => {
  const [left, right] = [new Set(one.split('\n')), new Set(other.split('\n'))]
  const gone = [...left].filter((line) => !right.has(line)).map((line) => `-${line}`)
  return [...gone, ...[...right].filter((line) => !left.has(line)).map((line) => `+${line}`)].slice(0, 6).join(', ')
}

const chosen = (name: string): boolean => values.only === undefined || name.includes(values.only)
const nothing: Node = { name: 'nothing', run: async () => undefined }
const rows: Row[] = []

if (chosen('Pre check')) rows.push(await sweep({ name: 'Pre check', run: () => preCheck(nodes.onHost(1, 'preCheck')) }, nothing))
for (const { node, undo } of pairs) {
  if (chosen(node.name)) rows.push(await sweep(node, undo))
  await node.run()
  for (const { name, run } of alone.filter(({ after }) => after === node.name)) {
    if (chosen(name)) rows.push(await sweep({ name, run }, nothing))
  }
}
for (const { node, undo } of pairs.toReversed()) {
  if (chosen(undo.name)) rows.push(await sweep(undo, node))
  await undo.run()
}
await nodes.close()
await agents.close()
await preparing.close()

say('\n| node | kill points | end well after a retry |\n| --- | --- | --- |')
for (const { node, points, well } of rows) say(`| ${node} | ${points} | ${well} |`)
say(`| all | ${rows.reduce((sum, row) => sum + row.points, 0)} | ${rows.reduce((sum, row) => sum + row.well, 0)} |`)
for (const { node, failures } of rows) for (const failure of failures) say(`${node}: ${failure}`)
if (rows.some(({ failures }) => failures.length > 0)) process.exitCode = 1
