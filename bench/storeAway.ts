import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DefiniteError } from '../src/errors/failure.ts'
import { say } from '../src/errors/say.ts'
import { createCluster } from '../src/operations/createCluster.ts'
import { addHosts, creator, newCluster } from '../test/store/inventory.ts'
import { createStand } from './engine/stand.ts'

// Creates that wait for an operator while PostgreSQL is away: what that costs their histories, and
// whether each goes on when it is back.

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    runs: { type: 'string', default: '5' },
  },
})
const minutes = Number(values.minutes)
const runs = Number(values.runs)

let slow = true
await using stand = await createStand({
  store: 'postgres',
  node: async ({ name }) => {
    if (slow && name === 'Do io bench')
      throw new DefiniteError({ code: 'CMP07053', message: say`the data disk is too slow` })
  },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stand[Symbol.asyncDispose]().finally(() => process.exit(130)))
const { client, operations, postgres, store, workflows } = stand
if (!postgres) throw new Error('this takes PostgreSQL')

const hostIds = await addHosts(store, runs)
const tell = async (id: number): Promise<void> => {
  const untold = await store.tasks.untoldOf(id)
  if (untold === undefined) throw new Error(`Temporal knows all of task ${id}`)
  await workflows.tell(untold)
}
const tasks: { readonly id: number; readonly workflowId: string }[] = []
for (const hostId of hostIds) {
  const zones = [{ name: 'zone1', idcName: 'hz2', servers: [hostId] }]
  const request = newCluster({ name: `c${hostId}`, zones })
  const { task } = await operations.accept(createCluster, { request, creator })
  await tell(task.id)
  tasks.push(task)
}

const statusOf = async (id: number): Promise<string | undefined> =>
  (await store.tasks.get(id))?.status
const reached = async (status: string): Promise<void> => {
  for (const { id } of tasks) while ((await statusOf(id)) !== status) await sleep(200)
}
const events = (): Promise<number[]> =>
  Promise.all(
    tasks.map(async ({ workflowId }) => {
      const { historyLength } = await client.workflow.getHandle(workflowId).describe()
      return historyLength
    }),
  )

await reached('FAILED')
// What is left of the last workflow task.
await sleep(2000)
const before = await events()
await postgres.stop()
process.stderr.write(`${runs} runs wait, PostgreSQL is away for ${minutes} minutes\n`)
await sleep(minutes * 60_000)
const away = await events()
await postgres.start()
await sleep(30_000)
const after = await events()
slow = false
for (const { id } of tasks) {
  await operations.operate(id, { operation: 'retryTask' })
  await tell(id)
}
await reached('SUCCESSFUL')
process.stdout.write(`${JSON.stringify({ minutes, runs, before, away, after })}\n`)
