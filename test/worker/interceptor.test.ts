import { once } from 'node:events'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DefiniteError, TransientError } from '../../src/errors/failure.ts'
import { asIs, say } from '../../src/errors/say.ts'
import * as schema from '../../src/store/schema/index.ts'
import { subtaskInterceptor } from '../../src/worker/interceptor.ts'
import { subtaskRun } from '../../src/worker/subtaskRun.ts'
import { Turns } from '../../src/worker/turns.ts'
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
  const input = { taskId, subtaskId, runTime: 1, since: 1 }
  const now = async () => ({
    subtask: await tasks.subtask(taskId, subtaskId),
    log: (await tasks.logOf(subtaskId)).map(({ message }) => message).join('\n'),
  })
  return { input, now }
}

/** One attempt of an activity, after attempts that took `spentMs`. */
const attempt = async (
  input: { readonly taskId: number; readonly subtaskId: number },
  work: (input: unknown) => Promise<unknown>,
  {
    number = 1,
    spentMs = 0,
    pausedMs = 0,
    counts = true,
    unforeseen = 0,
    beats = [] as unknown[],
    store = opened.store,
    forged = false,
    turns = new Turns(),
  } = {},
): Promise<unknown> => {
  const scheduledAt = Date.now()
  if (number > 1 && !forged)
    await opened.db
      .update(schema.subtasks)
      .set({ startTime: new Date(scheduledAt - spentMs - pausedMs) })
      .where(eq(schema.subtasks.id, input.subtaskId))
  const environment = new MockActivityEnvironment(
    {
      attempt: number,
      activityType: 'preCheckHost',
      workflowExecution: { workflowId: `prepare-host-10.0.0.1-${input.taskId}`, runId: 'run' },
      currentAttemptScheduledTimestampMs: scheduledAt,
      ...(number > 1 && {
        heartbeatDetails: { spentMs, at: scheduledAt - pausedMs, counts, unforeseen },
      }),
    },
    {
      interceptors: [subtaskInterceptor(store, new Set(['preCheckHost']), turns)],
      logger: new DefaultLogger('ERROR'),
    },
  )
  environment.on('heartbeat', (details) => beats.push(details))
  return environment.run(work, input)
}

const hostDown = async () => {
  throw new TransientError(asIs('cannot connect to host 10.0.0.1:22: connect ECONNREFUSED'))
}

describe('a subtask whose host is down', () => {
  it('is RUNNING and tried again while it has time, and its log says so', async () => {
    const { input, now } = await preparation()
    await expect(attempt(input, hostDown)).rejects.toMatchObject({
      type: 'Transient',
      nonRetryable: false,
    })
    await expect(attempt(input, hostDown, { number: 2, spentMs: 60_000 })).rejects.toMatchObject({
      type: 'Transient',
    })
    const { subtask, log } = await now()
    const lastMessage = 'cannot connect to host 10.0.0.1:22: connect ECONNREFUSED'
    expect(subtask).toMatchObject({
      status: 'RUNNING',
      runTime: 1,
      cause: null,
      attempt: 2,
      lastMessage: asIs(lastMessage),
    })
    expect(log).toContain(
      'Attempt 1 failed: cannot connect to host 10.0.0.1:22: connect ECONNREFUSED; retrying',
    )
    expect(log).toContain('Attempt 2 failed: ')
  })

  it('is FAILED once its attempts have used up its time, and tells what was last seen', async () => {
    const { input, now } = await preparation()
    const outOfTime = { number: 40, spentMs: timeoutSeconds * 1000 }
    await expect(attempt(input, hostDown, outOfTime)).rejects.toMatchObject({
      type: 'TSK10012',
      nonRetryable: true,
    })
    const { subtask } = await now()
    expect(subtask).toMatchObject({
      status: 'FAILED',
      cause: {
        code: 'TSK10012',
        message: expect.stringContaining('Last seen: cannot connect to host 10.0.0.1:22'),
      },
    })
  })
})

describe('the time of a subtask', () => {
  const almost = timeoutSeconds * 1000 - 5000

  it('runs on between two attempts', async () => {
    const { input } = await preparation()
    const late = attempt(input, hostDown, { number: 9, spentMs: almost, pausedMs: 10_000 })
    await expect(late).rejects.toMatchObject({ type: 'TSK10012', nonRetryable: true })
  })

  it('stands still while the store is down', async () => {
    const { input } = await preparation()
    const after = { number: 9, spentMs: almost, pausedMs: 10_000, counts: false }
    await expect(attempt(input, hostDown, after)).rejects.toMatchObject({ type: 'Transient' })
  })

  it('runs no more than a pause allows, whatever two workers take the time to be', async () => {
    const { input } = await preparation()
    for (const pausedMs of [-3_600_000, 3_600_000]) {
      const beats: { readonly spentMs: number }[] = []
      const told: unknown[] = beats
      await expect(attempt(input, hostDown, { number: 2, pausedMs, beats: told })).rejects.toThrow()
      expect(beats.at(-1)?.spentMs).toBeLessThan(40_000)
    }
  })

  it('is no longer than since its first attempt, whatever a heartbeat in Temporal says', async () => {
    const { input, now } = await preparation()
    await expect(attempt(input, hostDown)).rejects.toThrow()
    const forged = { number: 2, spentMs: timeoutSeconds * 1000, forged: true }
    await expect(attempt(input, hostDown, forged)).rejects.toMatchObject({ type: 'Transient' })
    await expect(attempt(input, hostDown, { ...forged, spentMs: -1 })).rejects.toMatchObject({
      type: 'Transient',
    })
    expect((await now()).subtask).toMatchObject({ status: 'RUNNING', cause: null })
  })
})

describe('a subtask that is not due', () => {
  it('is not worked on: its activity only returns what changed since', async () => {
    const { input } = await preparation()
    const done = await attempt(input, async () => 'ran')
    expect(done).toMatchObject({
      complete: false,
      changes: [{ index: 0, status: 'SUCCESSFUL' }, { index: 1 }],
    })
    let ran = false
    const work = async () => {
      ran = true
    }
    const again = await attempt(input, work, { number: 2 })
    expect(again).toMatchObject({
      complete: true,
      changes: [{ index: 0, status: 'SUCCESSFUL' }, { index: 1 }],
    })
    expect(ran).toBe(false)
  })

  it('is refused to another task’s workflow, and stays as it is', async () => {
    const { input } = await preparation()
    let ran = false
    const work = async () => {
      ran = true
    }
    const other = new MockActivityEnvironment(
      { activityType: 'preCheckHost', workflowExecution: { workflowId: 'forged', runId: 'run' } },
      {
        interceptors: [subtaskInterceptor(opened.store, new Set(['preCheckHost']))],
        logger: new DefaultLogger('ERROR'),
      },
    )
    const before = await opened.dump()
    await expect(other.run(work, input)).rejects.toMatchObject({
      type: 'TSK10001',
      nonRetryable: true,
    })
    expect(ran).toBe(false)
    expect(await opened.dump()).toEqual(before)
  })
})

describe('two attempts at one subtask at once, as only a stranger or a lost heartbeat makes them', () => {
  it('the second waits for the first, and finds the subtask done', async () => {
    const { input, now } = await preparation()
    const turns = new Turns()
    const begun = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    let underWay = 0
    let most = 0
    let worked = 0
    const work = async () => {
      worked += 1
      underWay += 1
      most = Math.max(most, underWay)
      begun.resolve()
      await gate.promise
      underWay -= 1
    }
    const first = attempt(input, work, { turns })
    await begun.promise
    const second = attempt(input, work, { turns })
    gate.resolve()
    await Promise.all([first, second])
    expect({ most, worked }).toEqual({ most: 1, worked: 1 })
    expect((await now()).subtask).toMatchObject({ status: 'SUCCESSFUL', attempt: 1 })
  })

  it('the second works when the first failed in passing', async () => {
    const { input, now } = await preparation()
    const turns = new Turns()
    const failed = attempt(input, hostDown, { turns })
    const second = attempt(input, async () => undefined, { turns })
    await expect(failed).rejects.toMatchObject({ type: 'Transient' })
    await second
    expect((await now()).subtask).toMatchObject({ status: 'SUCCESSFUL' })
  })

  it('the second gives up its place in the queue when it is cancelled', async () => {
    const turns = new Turns()
    const end = await turns.take(1, new AbortController().signal)
    const cancelled = new AbortController()
    const waiting = turns.take(1, cancelled.signal)
    cancelled.abort(new Error('cancelled'))
    await expect(waiting).rejects.toThrow('cancelled')
    end()
    const next = await turns.take(1, new AbortController().signal)
    next()
  })
})

describe('a subtask that the store was away from', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
    code: 'ECONNREFUSED',
  })
  const outages = {
    'refused amid a statement': new Error("Failed query: update hosts\nparams: 'Aa11--sentry'", {
      cause: refused,
    }),
    'without a free connection': new Error('timeout exceeded when trying to connect'),
  }
  it.each(Object.entries(outages))(
    '%s: is tried again, and its time is what it had before',
    async (_, error) => {
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
      expect(beats.at(-1)).toMatchObject({ spentMs, counts: false })
      const { subtask, log } = await now()
      expect(subtask).toMatchObject({ status: 'RUNNING', cause: null })
      expect(log).toContain(`Attempt 3 failed: the store is away: ${said}; retrying`)
    },
  )

  it('when it failed for good: is tried again until the store knows, and no statement goes into the history', async () => {
    const { input, now } = await preparation()
    const away = () => Promise.reject(outages['refused amid a statement'])
    const store = { ...opened.store, tasks: { ...opened.store.tasks, finished: away } }
    const wrong = () =>
      Promise.reject(
        new DefiniteError({
          code: 'CMP07015',
          message: asIs('host 10.0.0.1 refused the password of root'),
        }),
      )
    await expect(attempt(input, wrong, { store })).rejects.toMatchObject({
      type: 'Transient',
      nonRetryable: false,
      message: 'the store is away: connect ECONNREFUSED 127.0.0.1:5432',
    })
    await expect(attempt(input, wrong, { number: 2 })).rejects.toMatchObject({
      type: 'CMP07015',
      nonRetryable: true,
    })
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
  await expect(attempt(input, work, outOfTime)).rejects.toMatchObject({
    type: 'TSK10012',
    nonRetryable: true,
  })
  const message = `"Pre check for create host" did not succeed within ${timeoutSeconds} s. Last seen: ALTER USER root: no answer`
  expect((await now()).subtask).toMatchObject({
    status: 'FAILED',
    cause: { code: 'TSK10012', message },
  })
  expect(closed).toEqual(['session'])
})

it('a wrong password ends a subtask at its first attempt', async () => {
  const { input, now } = await preparation()
  const wrong = new DefiniteError({
    code: 'CMP07015',
    message: say`host ${'10.0.0.1'} refused the password of ${'root'}`,
    host: '10.0.0.1',
  })
  const refused = attempt(input, () => Promise.reject(wrong))
  await expect(refused).rejects.toMatchObject({ type: 'CMP07015', nonRetryable: true })
  expect((await now()).subtask).toMatchObject({ status: 'FAILED', cause: wrong.kept })
})

it('an activity that is no node leaves no row', async () => {
  const before = await opened.dump()
  const environment = new MockActivityEnvironment(
    { activityType: 'lookAtHosts' },
    { interceptors: [subtaskInterceptor(opened.store, new Set(['preCheckHost']))] },
  )
  expect(await environment.run(async () => ['found'])).toEqual(['found'])
  expect(await opened.dump()).toEqual(before)
})

describe('an error that nobody foresaw', () => {
  const mistake = async () => {
    throw new TypeError("Cannot read properties of undefined (reading 'ip')")
  }

  it('is tried again a few times', async () => {
    const { input, now } = await preparation()
    const beats: unknown[] = []
    await expect(
      attempt(input, mistake, { number: 4, unforeseen: 3, beats }),
    ).rejects.toMatchObject({
      type: 'Transient',
      nonRetryable: false,
    })
    expect((await now()).subtask).toMatchObject({ status: 'RUNNING' })
    expect(beats.at(-1)).toMatchObject({ unforeseen: 4 })
  })

  it('then ends the subtask, and its log has the stack', async () => {
    const { input, now } = await preparation()
    await expect(attempt(input, mistake, { number: 9, unforeseen: 4 })).rejects.toMatchObject({
      type: 'COM10999',
      nonRetryable: true,
    })
    const { subtask, log } = await now()
    expect(subtask).toMatchObject({ status: 'FAILED', cause: { code: 'COM10999' } })
    expect(subtask?.cause?.message).toContain(
      "TypeError: Cannot read properties of undefined (reading 'ip')",
    )
    expect(log).toContain('interceptor.test.ts')
  })

  it('does not count what passes by itself', async () => {
    const { input, now } = await preparation()
    await expect(attempt(input, hostDown, { number: 9, unforeseen: 4 })).rejects.toMatchObject({
      type: 'Transient',
    })
    expect((await now()).subtask).toMatchObject({ status: 'RUNNING' })
  })
})
