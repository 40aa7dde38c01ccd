import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { logFeed } from '../../src/api/live/logFeed.ts'
import { asIs } from '../../src/errors/say.ts'
import { unpack } from '../../src/view/index.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from '../store/inventory.ts'
import { basic, openApi, type TestApi } from './server.ts'

const authorization = basic('admin', 'admin-password')
const address = z.object({ port: z.number() })
const event = z.object({ event: z.string(), id: z.number(), data: z.unknown() })
type Event = z.infer<typeof event>
type Fields = Readonly<Record<string, unknown>>
const subtaskOf = z.looseObject({ id: z.number(), status: z.string() })
const whole = z.looseObject({ id: z.number(), status: z.string(), subtasks: z.array(subtaskOf) })
const changes = z.object({
  task: z.looseObject({ id: z.number(), status: z.string() }),
  subtasks: z.array(subtaskOf),
})
const log = z.object({ from: z.string(), log: z.string() })

let api: TestApi
let port: number
let taskId: number
let subtaskId: number
beforeAll(async () => {
  api = await openApi()
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  port = address.parse(api.app.server.address()).port
})
afterAll(() => api.close())

const openStreams: AbortController[] = []
const sockets: Socket[] = []
const gone = async (followers = 0) =>
  vi.waitFor(() => expect(api.streams.size().followers).toBe(followers))
afterEach(async () => {
  for (const each of openStreams.splice(0)) each.abort()
  for (const each of sockets.splice(0)) each.destroy()
  vi.restoreAllMocks()
  await vi.waitFor(() => expect(api.streams.size()).toEqual({ watched: 0, followers: 0 }))
})

beforeEach(async () => {
  await api.reset()
  await addHosts(api.store, 2)
  await api.store.packages.create(packageNamed(sampleRpm))
  const { task } = await api.operations.acceptCluster({
    request: newCluster({ zones: [{ name: 'zone1', idcName: 'hz2', servers: [1, 2] }] }),
    creator,
  })
  taskId = task.id
  subtaskId = task.firstSubtaskId
})

const begin = (change: object = {}) =>
  api.store.tasks.started({
    taskId,
    subtaskId,
    runTime: 1,
    workflowId: `create-cluster-terran-${taskId}`,
    activity: 'prepareInstallCluster',
    attempt: 1,
    executor: '10.0.0.9',
    at: new Date(),
    ...change,
  })
const end = (status: 'SUCCESSFUL' | 'FAILED' = 'SUCCESSFUL') =>
  api.store.tasks.finished(
    { taskId, subtaskId, runTime: 1 },
    status === 'FAILED' ? { status, cause: { code: 'CMP07050', message: 'no space' } } : { status },
  )

interface Asked {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A stream of a task; its events come one by one, comments are left out. */
async function follow({ path = `${taskId}/events`, headers = { authorization } }: Asked = {}) {
  const stop = new AbortController()
  openStreams.push(stop)
  const answer = await fetch(`http://127.0.0.1:${port}/api/v2/tasks/instances/${path}`, {
    headers: { ...headers },
    signal: stop.signal,
  })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<Event | undefined> => {
    for (;;) {
      const at = text.indexOf('\n\n')
      if (at < 0) {
        const read = await reader?.read()
        if (read === undefined || read.done) return undefined
        text += read.value
        continue
      }
      const block = text.slice(0, at)
      text = text.slice(at + 2)
      if (block.startsWith(':')) {
        comments += 1
        continue
      }
      const fields = Object.fromEntries(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ')
          return [line.slice(0, colon), line.slice(colon + 2)]
        }),
      )
      return event.parse({ ...fields, id: Number(fields.id), data: JSON.parse(fields.data ?? '') })
    }
  }
  let comments = 0
  return { answer, next, stop, comments: () => comments, read: () => reader?.read() }
}
const expectEvent = async <Data>(
  stream: Awaited<ReturnType<typeof follow>>,
  name: string,
  shape: z.ZodType<Data>,
): Promise<{ id: number; data: Data }> => {
  const found = await stream.next()
  expect(found?.event).toBe(name)
  return { id: found?.id ?? 0, data: shape.parse(found?.data) }
}

/** Ends the whole task as its run would. */
async function finishAll(): Promise<void> {
  const machine = await api.store.tasks.get(taskId)
  for (const { id } of machine?.subtasks ?? [])
    await api.store.tasks.finished({ taskId, subtaskId: id, runTime: 1 }, { status: 'SUCCESSFUL' })
}

describe('following a task', () => {
  test('tells it whole as the GET does, then what changes and nothing else, then that it ended', async () => {
    const stream = await follow()
    expect(stream.answer.headers.get('content-type')).toBe('text/event-stream')
    expect(stream.answer.headers.get('cache-control')).toBe('no-store')
    const first = await expectEvent(stream, 'task', whole)
    expect(first.data).toEqual((await api.get(`/api/v2/tasks/instances/${taskId}`)).data)
    await begin()
    const started = await expectEvent(stream, 'changes', changes)
    expect(started.data.subtasks).toMatchObject([{ id: subtaskId, status: 'RUNNING', attempt: 1 }])
    await api.store.tasks.waiting({ taskId, subtaskId, runTime: 1 }, asIs('connect ECONNREFUSED'))
    const retried = await expectEvent(stream, 'changes', changes)
    expect(retried.data.subtasks).toMatchObject([{ lastMessage: 'connect ECONNREFUSED' }])
    await end()
    const ended = await expectEvent(stream, 'changes', changes)
    expect(ended.id).toBeGreaterThan(first.id)
    expect(ended.data.subtasks).toMatchObject([
      { id: subtaskId, status: 'SUCCESSFUL' },
      { status: 'READY' },
      { status: 'READY' },
    ])
    await finishAll()
    let last = await stream.next()
    while (last?.event === 'changes' && changes.parse(last.data).task.status === 'RUNNING')
      last = await stream.next()
    expect(changes.parse(last?.data).task).toMatchObject({ id: taskId, status: 'SUCCESSFUL' })
    await expectEvent(stream, 'end', z.object({}))
    expect(await stream.next()).toBeUndefined()
  })

  test('goes on while a failed task waits for a retry', async () => {
    const stream = await follow()
    await stream.next()
    await begin()
    await end('FAILED')
    let state = await expectEvent(stream, 'changes', changes)
    while (state.data.task.status === 'RUNNING')
      state = await expectEvent(stream, 'changes', changes)
    expect(state.data.subtasks).toMatchObject([{ status: 'FAILED', error: { code: 'CMP07050' } }])
    await api.operations.operate(taskId, { operation: 'retryTask' })
    expect((await expectEvent(stream, 'changes', changes)).data.task.status).toBe('RUNNING')
  })

  test('a reader who comes after a retry is not told of the failure that others saw last', async () => {
    const first = await follow()
    await first.next()
    await begin()
    await end('FAILED')
    let state = await expectEvent(first, 'changes', changes)
    while (state.data.task.status === 'RUNNING')
      state = await expectEvent(first, 'changes', changes)
    // A look that began before the retry, and ends after the second reader came.
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const { promise: looked, resolve: look } = Promise.withResolvers<void>()
    const news = api.store.tasks.news
    vi.spyOn(api.store.tasks, 'news').mockImplementationOnce(async (...asked) => {
      const seen = await news(...asked)
      look()
      await held
      return seen
    })
    await looked
    await api.operations.operate(taskId, { operation: 'retryTask' })
    const users = vi.spyOn(api.store.users, 'many')
    const coming = follow()
    await vi.waitFor(() => expect(users).toHaveBeenCalled())
    release()
    const second = await expectEvent(await coming, 'task', whole)
    expect(second.data.status).toBe('RUNNING')
  })

  test('goes on where a reader left off, also at another API process', async () => {
    const before = await follow()
    const { id } = await expectEvent(before, 'task', whole)
    before.stop.abort()
    await gone()
    await begin()
    await end()
    const headers = { authorization, 'last-event-id': String(id) }
    const again = await expectEvent(await follow({ headers }), 'changes', changes)
    expect(again.data.subtasks.map((each) => each.id)).toEqual([
      subtaskId,
      subtaskId + 1,
      subtaskId + 2,
    ])
    const future = { authorization, 'last-event-id': '99999' }
    await expectEvent(await follow({ headers: future }), 'task', whole)
    await finishAll()
    const ended = await follow()
    const { id: last } = await expectEvent(ended, 'task', whole)
    await expectEvent(ended, 'end', z.object({}))
    const known = await follow({ headers: { authorization, 'last-event-id': String(last) } })
    expect(known.answer.status).toBe(204)
  })

  test('tells a wide task as lists, with all that the whole form has of a state', async () => {
    const table = z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())) })
    const stream = await follow({ path: `${taskId}/events?form=compact&language=zh` })
    const { data } = await expectEvent(stream, 'task', table)
    const plain = whole.parse(
      (
        await api.call({
          url: `/api/v2/tasks/instances/${taskId}`,
          headers: { 'accept-language': 'zh-CN' },
        })
      ).data,
    )
    const given = data.rows.map((row) =>
      Object.fromEntries(
        data.columns.flatMap((column, index) =>
          row[index] === null ? [] : [[column, row[index]]],
        ),
      ),
    )
    expect(given).toEqual(
      plain.subtasks.map(({ description, nodeType, createTime, ...rest }) => rest),
    )
    await begin()
    const { data: changed } = await expectEvent(stream, 'changes', table)
    expect(unpack<Fields>(changed)).toMatchObject([
      { id: subtaskId, status: 'RUNNING', attempt: 1 },
    ])
    await end('FAILED')
    const failed = await expectEvent(stream, 'changes', table)
    const [subtask] = unpack<Fields>(failed.data)
    expect(subtask).toMatchObject({ status: 'FAILED', error: { code: 'CMP07050' } })
    // What is over replaces what was there.
    expect(subtask).toHaveProperty('attempt', undefined)
    expect(Object.keys(subtask ?? {})).not.toContain('upstreams')
  })

  test('reads the store once a tick, however many follow', async () => {
    const news = vi.spyOn(api.store.tasks, 'news')
    const get = vi.spyOn(api.store.tasks, 'get')
    const readers = await Promise.all(Array.from({ length: 50 }, () => follow()))
    for (const reader of readers) await expectEvent(reader, 'task', whole)
    const before = news.mock.calls.length
    await begin()
    for (const reader of readers) await expectEvent(reader, 'changes', changes)
    expect(api.streams.size()).toEqual({ watched: 1, followers: 50 })
    // All 50 were told by one look that saw the change; others before it saw none.
    const looks = news.mock.results.slice(before)
    const seen = await Promise.all(looks.map(({ value }) => value))
    expect(seen.filter((each) => each.subtasks.length > 0).length).toBeLessThan(50)
    expect(get.mock.calls.length).toBe(1)
    const ticks = news.mock.calls.length
    await vi.waitFor(() => expect(news.mock.calls.length).toBeGreaterThan(ticks + 2))
    const polled = news.mock.calls.length
    await vi.waitFor(() => expect(news.mock.calls.length).toBeGreaterThan(polled))
    expect(news.mock.calls.every(([id]) => id === taskId)).toBe(true)
  })

  test('holds nothing back for a reader who takes nothing, and gives the newest state then', async () => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    await once(socket, 'connect')
    socket.pause()
    const path = `/api/v2/tasks/instances/${taskId}/events`
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`,
    )
    await gone(1)
    await begin()
    // More than the buffers of both sides take: what is not read must not be kept.
    const wide = 'x'.repeat(400_000)
    const other = await follow()
    await other.next()
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const reason = asIs(`attempt ${attempt} ${wide}`)
      await api.store.tasks.waiting({ taskId, subtaskId, runTime: 1 }, reason)
      await expectEvent(other, 'changes', changes)
    }
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.resume()
    await vi.waitFor(() => expect(text).toContain('attempt 39 '), 10_000)
    const told = [...text.matchAll(/attempt (\d+) x/g)].map(([, number]) => Number(number))
    expect(told.length).toBeLessThan(39)
  })

  test('beats, so that a silent stream is not taken for a dead one', async () => {
    const stream = await follow()
    await stream.next()
    const silent = await stream.read()
    expect(silent?.value).toMatch(/^: /)
  })
})

describe('who may follow', () => {
  const logIn = async () => {
    const reply = await api.app.inject({
      method: 'POST',
      url: '/api/v2/session',
      payload: { username: 'admin', password: 'admin-password' },
    })
    const [cookie] = reply.cookies
    return { cookie: `${cookie?.name}=${cookie?.value}`, 'sec-fetch-site': 'same-origin' }
  }

  test.each([
    ['nobody', {}, 401],
    ['a user without the right', { authorization: basic('bob', 'admin-password') }, 403],
  ])('%s does not', async (_, headers, status) => {
    const admin = await api.store.users.byName('admin')
    const passwordHash = admin?.passwordHash ?? ''
    await api.store.users.createOnce({ id: 202, username: 'bob', roles: ['PROFILE'], passwordHash })
    const log = `${taskId}/subtasks/${subtaskId}/log/events`
    for (const path of [`${taskId}/events`, log])
      expect((await follow({ path, headers })).answer.status).toBe(status)
  })

  test('what is not there is 404', async () => {
    const paths = [
      '77/events',
      `77/subtasks/${subtaskId}/log/events`,
      `${taskId}/subtasks/77/log/events`,
    ]
    for (const path of paths) expect((await follow({ path })).answer.status).toBe(404)
  })

  test('a stream ends when its session does, and goes on while another one does not', async () => {
    const headers = await logIn()
    const stream = await follow({ headers })
    const other = await follow({ headers: await logIn() })
    await stream.next()
    await other.next()
    await api.app.inject({ method: 'DELETE', url: '/api/v2/session', headers })
    expect(await stream.next()).toBeUndefined()
    await begin()
    await expectEvent(other, 'changes', changes)
  })

  const idle = async (): Promise<void> => {
    api.clock.now = new Date(Date.now() + 31 * 60_000)
  }
  test.each([
    ['an idle session', idle],
    ['a changed password', () => api.store.users.setPasswordHash(100, 'another')],
    ['a role that is taken', async () => void (await api.store.users.setRoles(100, ['PROFILE']))],
    ['a user that is removed', () => api.store.users.remove(100)],
  ])('%s ends it', async (_, change) => {
    const stream = await follow({ headers: await logIn() })
    await stream.next()
    await change()
    expect(await stream.next()).toBeUndefined()
    api.clock.now = new Date()
  })

  test('a user has a hundred streams at most, and a new one when one is closed', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => follow()))
    await gone(100)
    expect((await follow()).answer.status).toBe(503)
    all[0]?.stop.abort()
    await gone(99)
    expect((await follow()).answer.status).toBe(200)
  })
})

describe('following the log of a subtask', () => {
  const write = (...messages: string[]) =>
    api.store.tasks.log(
      messages.map((message) => ({
        subtaskId,
        runTime: 1,
        at: new Date(),
        level: 'INFO' as const,
        message,
      })),
    )
  const path = () => `${taskId}/subtasks/${subtaskId}/log/events`

  test('tells all of it, then each line that is added, then that it ended', async () => {
    await begin()
    await write('one')
    const stream = await follow({ path: path() })
    const first = await expectEvent(stream, 'log', log)
    const { data } = await api.get(`/api/v2/tasks/instances/${taskId}/subtasks/${subtaskId}/log`)
    expect(first.data).toEqual({ from: 'start', ...z.object({ log: z.string() }).parse(data) })
    await write('two', 'three')
    const more = await expectEvent(stream, 'log', log)
    expect(more.data.from).toBe('tail')
    expect(more.data.log).toMatch(/: two\n.*: three\n$/)
    await end()
    await expectEvent(stream, 'end', z.object({}))
    const headers = { authorization, 'last-event-id': String(first.id) }
    const again = await expectEvent(await follow({ path: path(), headers }), 'log', log)
    expect(again.data).toEqual(more.data)
  })

  test('holds a long text once, however many begin to read it or come back late', async () => {
    await begin()
    await write(...Array.from({ length: 1000 }, (_, index) => `line ${index}`))
    const feed = logFeed(api.store, taskId, subtaskId)
    await feed.poll()
    const telling = {
      language: 'en',
      codes: 'string',
      compact: false,
      temporalUi: undefined,
    } as const
    const { bytes, cursor } = feed.whole(telling)
    expect(feed.whole(telling).bytes).toBe(bytes)
    expect(feed.resume(cursor - 900, telling)?.bytes).toBe(bytes)
    expect(String(feed.resume(cursor - 2, telling)?.bytes)).toMatch(/"tail".*line 998.*line 999/)
    await write('more')
    await feed.poll()
    expect(String(feed.whole(telling).bytes)).toMatch(/line 0.*: more/)
  })
})
