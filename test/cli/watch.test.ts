import { createServer } from 'node:http'

import { stripVTControlCharacters } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ApiError, createClient, UnreachableError } from '../../src/cli/client.ts'
import type { Task } from '../../src/cli/taskSchema.ts'
import { watchTask } from '../../src/cli/watch.ts'
import { after, createTask, done, failed, running } from './taskFixture.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Answer {
  readonly status?: number
  readonly task?: Task
  readonly error?: { readonly code: string; readonly message: string }
}

/** An API that gives these answers one after the other, and the last one from then on. */
async function api(answers: readonly Answer[]) {
  const asked: { url: string | undefined; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/events')) {
      const error = answers[0]?.status === 404 ? answers[0].error : undefined
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          successful: false,
          status: 404,
          timestamp: after(0).toISOString(),
          error: error ?? { code: 'COM10002', message: 'No call is found' },
        }),
      )
      return
    }
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? {}
    asked.push({ url: request.url, authorization: request.headers.authorization })
    const { status = 200, task, error } = answer
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        successful: !error,
        status,
        timestamp: after(asked.length).toISOString(),
        data: task,
        error,
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const { port } = z.object({ port: z.number() }).parse(server.address())
  return {
    asked,
    client: createClient({ url: `http://127.0.0.1:${port}/`, user: 'admin', password: 'pass' }),
  }
}

const output = (isTTY: boolean) => {
  const written: string[] = []
  return { written, isTTY, columns: 90, rows: 50, write: (text: string) => written.push(text) }
}

const first = createTask(1, ({ name }) => (name === 'Prepare install cluster' ? running(0) : {}))
const second = createTask(1, ({ name }) =>
  name === 'Prepare install cluster' ? done(0, 1) : name === 'Install rpm' ? running(1) : {},
)
const last = createTask(1, () => done(0, 2), { status: 'SUCCESSFUL' })

/** An API that tells these events on the first stream, and those on the next. */
async function streaming(...streams: readonly (readonly (readonly [string, number, object])[])[]) {
  const asked: { url: string | undefined; lastEventId: unknown }[] = []
  const server = createServer((request, response) => {
    const events = streams[asked.length] ?? []
    asked.push({ url: request.url, lastEventId: request.headers['last-event-id'] })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const [event, id, data] of events)
      response.write(`: beat\n\nevent: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const { port } = z.object({ port: z.number() }).parse(server.address())
  const url = `http://127.0.0.1:${port}`
  return { asked, client: createClient({ url, user: 'admin', password: 'pass' }) }
}

describe('watching a run that the API tells of', () => {
  const changed = (task: Task, ...names: string[]) => ({
    task: { status: task.status, operation: task.operation, finishTime: task.finishTime },
    subtasks: task.subtasks.filter(({ name }) => names.length === 0 || names.includes(name)),
  })

  test('shows each change, and goes on where a stream was cut', async () => {
    const { client, asked } = await streaming(
      [
        ['task', 3, first],
        ['changes', 4, changed(second, 'Prepare install cluster', 'Install rpm')],
      ],
      [['changes', 9, changed(last)]],
    )
    const out = output(false)
    const warned: string[] = []
    const warn = (text: string) => void warned.push(text)
    const ended = await watchTask({ client, taskId: 1000, out, env: {}, warn })
    expect(ended).toMatchObject({ status: 'SUCCESSFUL', name: last.name })
    expect(out.written).toHaveLength(3 + 22)
    expect(asked).toEqual([
      { url: '/api/v2/tasks/instances/1000/events', lastEventId: undefined },
      { url: '/api/v2/tasks/instances/1000/events', lastEventId: '4' },
    ])
    expect(warned).toEqual([])
  })

  test('says that it asks instead where there is no stream', async () => {
    const { client } = await api([{ task: last }])
    const warned: string[] = []
    const warn = (text: string) => void warned.push(text)
    await watchTask({ client, taskId: 1000, out: output(false), env: {}, warn })
    expect(warned).toEqual([
      'The API tells no events (No call is found). It is asked every 250 ms instead.',
    ])
  })
})

describe('watching a run', () => {
  test.each([503, 429])('goes on when the API answers %i meanwhile', async (status) => {
    const busy = { status, error: { code: 'COM10004', message: 'the store is away' } }
    const { client } = await api([{ task: first }, busy, { task: last }])
    const ended = await watchTask({ client, taskId: 1000, out: output(false), env: {} })
    expect(ended.status).toBe('SUCCESSFUL')
  })

  test('prints one line for each change of state into a file, without colour', async () => {
    const { client, asked } = await api([
      { task: first },
      { task: first },
      { task: second },
      { task: last },
    ])
    const out = output(false)
    const ended = await watchTask({ client, taskId: 1000, out, env: {} })
    expect(ended.status).toBe('SUCCESSFUL')
    expect(asked[0]).toEqual({
      url: '/api/v2/tasks/instances/1000',
      authorization: `Basic ${Buffer.from('admin:pass').toString('base64')}`,
    })
    expect(out.written.slice(0, 3)).toEqual([
      '    1.0 s  ▶ Prepare install cluster running\n',
      '    3.0 s  ✔ Prepare install cluster done, 1.0 s\n',
      '    3.0 s  ▶ Install rpm · 10.0.0.1 running\n',
    ])
    expect(out.written).toHaveLength(3 + 22)
  })

  test('redraws in place on a terminal and leaves the last frame', async () => {
    const { client } = await api([{ task: first }, { task: last }])
    const out = output(true)
    await watchTask({ client, taskId: 1000, out, env: {} })
    const [before = '', lastFrame = ''] = out.written.slice(-2)
    const rows = before.split('\n').length
    expect(lastFrame.startsWith(`\u001b[${rows - 1}A\u001b[0J`)).toBe(true)
    expect(stripVTControlCharacters(lastFrame)).toContain('23/23')
  })

  test('honours NO_COLOR', async () => {
    const { client } = await api([{ task: last }])
    const out = output(true)
    await watchTask({ client, taskId: 1000, out, env: { NO_COLOR: '1' } })
    expect(out.written[0]).not.toContain('\u001b[3')
  })

  test('ends when the task failed, or goes on to see it mended', async () => {
    const error = { code: 'OBE11014', message: 'slow', advice: null, host: null }
    const broken = createTask(
      1,
      ({ name }) => (name === 'Do io bench' ? failed(1, 2, error) : {}),
      { status: 'FAILED' },
    )
    const ended = await api([{ task: broken }])
    expect(
      (await watchTask({ client: ended.client, taskId: 1000, out: output(false), env: {} })).status,
    ).toBe('FAILED')
    const mended = await api([{ task: broken }, { task: last }])
    const task = await watchTask({
      client: mended.client,
      taskId: 1000,
      out: output(false),
      env: {},
      follow: true,
    })
    expect(task.status).toBe('SUCCESSFUL')
  })

  test('passes on what the API refuses, with its code', async () => {
    const { client } = await api([
      { status: 404, error: { code: 'TSK10001', message: 'task 7 does not exist' } },
    ])
    const watching = watchTask({ client, taskId: 7, out: output(false), env: {} })
    await expect(watching).rejects.toThrow(ApiError)
    await expect(watching).rejects.toMatchObject({
      status: 404,
      code: 'TSK10001',
      message: 'task 7 does not exist',
    })
  })

  test('says when nothing answers', async () => {
    const client = createClient({ url: 'http://127.0.0.1:1', user: 'admin', password: 'pass' })
    await expect(watchTask({ client, taskId: 1, out: output(false), env: {} })).rejects.toThrow(
      UnreachableError,
    )
  })

  test('stops when it is told to', async () => {
    const { client } = await api([{ task: first }])
    const stop = new AbortController()
    const out = { ...output(false), write: () => stop.abort() }
    await expect(
      watchTask({ client, taskId: 1000, out, env: {}, signal: stop.signal }),
    ).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})
