import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { DefiniteError, keptCause, TransientError } from '../../src/errors/failure.ts'
import { printed } from '../../src/errors/printed.ts'
import { say } from '../../src/errors/say.ts'
import { rpmCause } from '../../src/host/rpmCause.ts'
import { explainFailure } from '../../src/host/sshFailure.ts'
import { judge } from '../../src/oceanbase/checks/index.ts'
import { Secret } from '../../src/quote.ts'
import { situationWith } from '../activities/host/situation.ts'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask } from '../store/taskRows.ts'
import { englishSentence } from '../support/sentences.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { openApi, type TestApi } from './server.ts'

const headers = { 'accept-language': 'zh-CN,zh;q=0.9' }

const words = z.looseObject({ message: z.string(), advice: z.string() })
const task = z.looseObject({
  subtasks: z.array(z.looseObject({ status: z.string(), error: words.optional() })),
})
const last = z.looseObject({
  subtasks: z.array(z.looseObject({ lastMessage: z.string().optional() })),
})
const planned = z.looseObject({
  preCheck: z.array(words.extend({ item: z.string(), guide: z.string() })),
})

let api: TestApi
beforeAll(async () => {
  api = await openApi()
  await api.reset()
  await addHosts(api.store, 1)
  await api.store.packages.create(packageNamed(sampleRpm))
  await api.post('/api/v2/ob/clusters', request)
})
afterAll(() => api.close())

const access = {
  id: 1,
  ip: '10.0.0.1',
  sshPort: 22,
  username: 'root',
  login: { type: 'PASSWORD', secret: new Secret('x') },
} as const

const refused = explainFailure(
  access,
  Object.assign(new Error('All configured authentication methods failed'), {
    level: 'client-authentication',
  }),
  3,
)
const rpmFailed = rpmCause({ code: 1, stdout: '', stderr: 'ls: no space left on device' }, 'h1')
const late = new TransientError(say`no root server answers: ${'10.0.0.1'}`)

test.each([
  [
    'a refused login',
    refused,
    'host 10.0.0.1 refused the password of root',
    '主机 10.0.0.1 拒绝了',
  ],
  ['a subtask that gave up waiting', timedOut(late), 'no root server answers', '没有 root server'],
] as const)(
  'of %s a Chinese reader is told in Chinese, others in English',
  async (_, error, english, chinese) => {
    if (!(error instanceof DefiniteError)) throw error
    const first = (await api.store.tasks.get(1001))?.subtasks[0]
    if (!first) throw new Error('no task')
    await setSubtask(api.db, first.id, { status: 'FAILED', cause: error.kept })
    const url = '/api/v2/tasks/instances/1001'
    const told = task.parse((await api.call({ url, headers })).data).subtasks[0]?.error
    expect(told?.message).toContain(chinese)
    expect(`${told?.message}\n${told?.advice}`).not.toMatch(englishSentence)
    const others = task.parse((await api.get(url)).data).subtasks[0]?.error
    expect(others?.message).toContain(english)
  },
)

function timedOut(last: TransientError): DefiniteError {
  return new DefiniteError({
    code: 'TSK10012',
    message: say`"${'Bootstrap ob'}" did not succeed within ${60} s. Last seen: ${last.reason}`,
    advice: say`Mend what was last seen, then retry the subtask: it goes on where it stopped.`,
  })
}

test('how the last attempt of a running subtask failed is told in Chinese too', async () => {
  const first = (await api.store.tasks.get(1001))?.subtasks[0]
  const lastMessage = say`"${printed('start observer')}" on host ${'10.0.0.1'} was ended from outside (exit code ${137})`
  const subtaskId = first?.id ?? 0
  await setSubtask(api.db, subtaskId, { status: 'RUNNING' })
  await api.store.tasks.waiting({ taskId: 1001, subtaskId, runTime: 1 }, lastMessage)
  const url = '/api/v2/tasks/instances/1001'
  const told = last.parse((await api.call({ url, headers })).data).subtasks[0]?.lastMessage
  expect(told).toContain('启动 observer')
  expect(told).not.toMatch(englishSentence)
  expect(last.parse((await api.get(url)).data).subtasks[0]?.lastMessage).toBe(
    '"start observer" on host 10.0.0.1 was ended from outside (exit code 137)',
  )
})

test('what a program printed stays as it was, in a Chinese sentence', async () => {
  if (!rpmFailed) throw new Error('no cause')
  const first = (await api.store.tasks.get(1001))?.subtasks[0]
  await setSubtask(api.db, first?.id ?? 0, { status: 'FAILED', cause: keptCause(rpmFailed) })
  const { data } = await api.call({ url: '/api/v2/tasks/1001', headers })
  expect(task.parse(data).subtasks[0]?.error).toMatchObject({
    message: 'h1 上 rpm 执行失败，退出码 1：ls: no space left on device',
    advice: '请清理该文件系统的空间，然后重试',
  })
})

test('a cause of another release is read in its English', async () => {
  const first = (await api.store.tasks.get(1001))?.subtasks[0]
  const cause = { code: 'OBE19006', message: 'observer failed', said: { key: 'gone' } }
  // What the column holds is up to whoever wrote it.
  await setSubtask(api.db, first?.id ?? 0, JSON.parse(JSON.stringify({ status: 'FAILED', cause })))
  const { data } = await api.call({ url: '/api/v2/tasks/1001', headers })
  expect(task.parse({ ...z.looseObject({}).parse(data), subtasks: [] })).toBeDefined()
  expect(data).toMatchObject({
    subtasks: [{ error: { message: 'observer failed' } }, ...Array(22).fill({})],
  })
})

test('a Chinese reader of a dry run is told in Chinese what the hosts lack', async () => {
  const found = judge(
    situationWith({
      facts: {
        cores: 1,
        features: ['thp', 'selinux', 'firewalld'],
        hasAddress: false,
        missingCommands: ['setsid', 'runuser'],
        kernel: { 'vm.swappiness': 60, 'fs.aio-max-nr': 9, 'fs.aio-nr': 1 },
        limits: { openFiles: 9, processes: 9, stackKiB: 9, coreBlocks: 0 },
        observers: [{ pid: 42, cwd: '/opt/ob' }],
        memory: { total: 8e9, free: 1e9, cached: 0, available: 1e9, swap: 1e9 },
        userExists: false,
      },
    }),
  )
  expect(found.length).toBeGreaterThan(15)
  api.engine.found = found.map((each) => ({ ...each, hostId: 1, host: '10.0.0.1' }))
  const { data } = await api.call({
    method: 'POST',
    url: '/api/v2/ob/clusters?dryRun=true',
    body: request,
    headers,
  })
  const { preCheck } = planned.parse(data)
  expect(preCheck).toHaveLength(found.length)
  for (const { guide } of preCheck) expect(guide).toMatch(/^\/api\/v2\/docs\/codes#[a-z]+-?\d+$/)
  const told = preCheck.map(({ item, message, advice }) => `${item}: ${message}; ${advice}`)
  expect(told.filter((line) => englishSentence.test(line))).toEqual([])
})

test.each([
  ['POST', '/api/v2/ob/clusters', { ...request, type: 'STANDBY' }],
  ['POST', '/api/v2/ob/clusters', { ...request, password: 'x', rpmName: 'none.rpm' }],
  ['POST', '/api/v2/compute/hosts/batchCreate', { credentialId: 'x', hostBasicDataList: [{}] }],
  ['POST', '/api/v2/tasks/instances/1001/rollback', undefined],
  ['DELETE', '/api/v2/ob/clusters/1', undefined],
] as const)('%s %s is refused in Chinese', async (method, url, body) => {
  const { error } = await api.call({ method, url, headers, ...(body && { body }) })
  const told = [error?.message, ...(error?.subErrors ?? []).map(({ message }) => message)].join(
    '\n',
  )
  expect(told).toMatch(/[\u4e00-\u9fff]/)
  expect(told).not.toMatch(englishSentence)
})
