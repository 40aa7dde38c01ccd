import { once } from 'node:events'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DefiniteError, TransientError } from '../../src/errors/failure.ts'
import { subtaskInterceptor } from '../../src/worker/interceptor.ts'
import { subtaskRun } from '../../src/worker/subtaskRun.ts'
import { openTestStore, type TestStore } from '../store/database.ts'
import { addHosts } from '../store/inventory.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())
beforeEach(async () => {
  await opened.reset()
  await addHosts(opened.store, 1)
})

const timeoutSeconds = 1800

/** The first subtask of "Prepare host" as its workflow calls it. */
async function preparation() {
  const { tasks } = opened.store
  const { contents } = await tasks.list({ hostId: 1 }, { page: 1, size: 1 })
  const { id: taskId = 0, firstSubtaskId: subtaskId = 0 } = contents[0] ?? {}
  const input = {
    taskId,
    subtaskId,
    runTime: 1,
    operation: 'EXECUTE',
    name: 'Pre check for create host',
    timeoutSeconds,
    hostId: 1,
  }
  const now = async () => ({
    subtask: await tasks.subtask(taskId, subtaskId),
    log: (await tasks.logOf(subtaskId)).map(({ message }) => message).join('\n'),
  })
  return { input, now }
}

/** One attempt of an activity, after attempts that took `spentMs`. */
const attempt = (
  input: unknown,
  work: (input: unknown) => Promise<unknown>,
  { number = 1, spentMs = 0, beats = [] as unknown[], store = opened.store } = {},
): Promise<unknown> => {
  const environment = new MockActivityEnvironment(
    { attempt: number, heartbeatDetails: { spentMs } },
    { interceptors: [subtaskInterceptor(store)], logger: new DefaultLogger('ERROR') },
  )
  environment.on('heartbeat', (details) => beats.push(details))
  return environment.run(work, input)
}

const hostDown = async () => {
  throw new TransientError('cannot connect to host 10.0.0.1:22: connect ECONNREFUSED')
}

describe('a subtask whose host is down', () => {
  it('is RUNNING and tried again while it has time, and its log says so', async () => {
    const { input, now } = await preparation()
    await expect(attempt(input, hostDown)).rejects.toMatchObject({ type: 'Transient', nonRetryable: false })
    await expect(attempt(input, hostDown, { number: 2, spentMs: 60_000 })).rejects.toMatchObject({ type: 'Transient' })
    const { subtask, log } = await now()
    expect(subtask).toMatchObject({ status: 'RUNNING', runTime: 1, cause: null })
    expect(log).toContain('Attempt 1 ended: cannot connect to host 10.0.0.1:22: connect ECONNREFUSED. It is tried again.')
    expect(log).toContain('Attempt 2 ended: ')
  })

  it('is FAILED once its attempts have used up its time, and tells what was last seen', async () => {
    const { input, now } = await preparation()
    const outOfTime = { number: 40, spentMs: timeoutSeconds * 1000 }
    await expect(attempt(input, hostDown, outOfTime)).rejects.toMatchObject({ type: 'TSK10012', nonRetryable: true })
    const { subtask } = await now()
    expect(subtask).toMatchObject({
      status: 'FAILED',
      cause: { code: 'TSK10012', message: expect.stringContaining('Last seen: cannot connect to host 10.0.0.1:22') },
    })
  })
})

describe('a subtask that the store was away from', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
  const outages = {
    'refused amid a statement': new Error("Failed query: update hosts\nparams: 'Aa11--sentry'", { cause: refused }),
    'without a free connection': new Error('timeout exceeded when trying to connect'),
  }
  it.each(Object.entries(outages))('%s: is tried again, and its time is what it had before', async (_, error) => {
    const { input, now } = await preparation()
    const spentMs = timeoutSeconds * 1000 - 1
    const beats: unknown[] = []
    const outage = async () => {
      // Its time is over, too.
      await once(subtaskRun().signal, 'abort')
      throw error
    }
    const said = error.cause instanceof Error ? error.cause.message : error.message
    await expect(attempt(input, outage, { number: 3, spentMs, beats })).rejects.toMatchObject({
      type: 'Transient',
      nonRetryable: false,
      message: `the store is away: ${said}`,
    })
    expect(beats.at(-1)).toMatchObject({ spentMs })
    const { subtask, log } = await now()
    expect(subtask).toMatchObject({ status: 'RUNNING', cause: null })
    expect(log).toContain(`Attempt 3 ended: the store is away: ${said}. It is tried again.`)
  })

  it('when it failed for good: is tried again until the store knows, and no statement goes into the history', async () => {
    const { input, now } = await preparation()
    const away = () => Promise.reject(outages['refused amid a statement'])
    const store = { ...opened.store, tasks: { ...opened.store.tasks, finished: away } }
    const wrong = () =>
      Promise.reject(new DefiniteError({ code: 'CMP07015', message: 'host 10.0.0.1 refused the password of root' }))
    await expect(attempt(input, wrong, { store })).rejects.toMatchObject({
      type: 'Transient',
      nonRetryable: false,
      message: 'the store is away: connect ECONNREFUSED 127.0.0.1:5432',
    })
    await expect(attempt(input, wrong, { number: 2 })).rejects.toMatchObject({ type: 'CMP07015', nonRetryable: true })
    expect((await now()).subtask).toMatchObject({ status: 'FAILED' })
  })
})

it('a subtask whose time is up amid something tells what it did last, and not that a timer rang', async () => {
  const { input, now } = await preparation()
  const silentServer = async () => {
    const { log, signal } = subtaskRun()
    log('INFO', 'ALTER USER root: no answer')
    await once(signal, 'abort')
    throw signal.reason
  }
  const closed: string[] = []
  const work = async () => {
    subtaskRun().atEnd(async () => void closed.push('session'))
    await silentServer()
  }
  const outOfTime = { number: 4, spentMs: timeoutSeconds * 1000 }
  await expect(attempt(input, work, outOfTime)).rejects.toMatchObject({ type: 'TSK10012', nonRetryable: true })
  const message = `"Pre check for create host" did not succeed within ${timeoutSeconds} s. Last seen: ALTER USER root: no answer`
  expect((await now()).subtask).toMatchObject({ status: 'FAILED', cause: { code: 'TSK10012', message } })
  expect(closed).toEqual(['session'])
})

it('a wrong password ends a subtask at its first attempt', async () => {
  const { input, now } = await preparation()
  const cause = { code: 'CMP07015', message: 'host 10.0.0.1 refused the password of root', host: '10.0.0.1' }
  const refused = attempt(input, () => Promise.reject(new DefiniteError(cause)))
  await expect(refused).rejects.toMatchObject({ type: 'CMP07015', nonRetryable: true })
  expect((await now()).subtask).toMatchObject({ status: 'FAILED', cause })
})

it('an activity that is no subtask leaves no row', async () => {
  const before = await opened.dump()
  expect(await attempt({ cluster: { name: 'terran' } }, async () => ['found'])).toEqual(['found'])
  await expect(attempt({ cluster: { name: 'terran' } }, hostDown)).rejects.toThrow('ECONNREFUSED')
  expect(await opened.dump()).toEqual(before)
})
