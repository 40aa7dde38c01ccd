import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { operations } from '../../src/operations/registry.ts'
import { recordHistory } from '../replay/record.ts'
import { type Environment, planOf, startEnvironment, withTask } from './environment.ts'

let environment: Environment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())
beforeEach(() => environment.opened.reset())

const hosts = 3

it.each(operations.map(({ name }) => name))(
  '%s runs to its end, each node once',
  async (workflow) => {
    const accepted = { workflow, plan: planOf(hosts)[workflow], hosts }
    await withTask(
      environment,
      accepted,
      () => undefined,
      async ({ calls, done, task, handle }) => {
        await done()
        await recordHistory(environment.client, handle.workflowId, `operation-${workflow}`)
        const nodes = task.subtasks
          .filter(({ activity }) => activity !== 'waitNode')
          .map(({ id }) => id)
        expect(calls.map(({ subtaskId }) => subtaskId).sort()).toEqual(nodes.sort())
      },
    )
  },
)
