import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addHosts, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask } from '../store/taskRows.ts'
import { unzip } from '../support/unzip.ts'
import request from './fixtures/createRequest.json' with { type: 'json' }
import { basic, openApi, type TestApi } from './server.ts'

const password = 'Root-secret-77'
const proxyPassword = 'Proxy-secret-88'

describe('the diagnosis of a task', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await openApi()
    await api.reset()
    await addHosts(api.store, 1)
    await api.store.packages.create(packageNamed(sampleRpm))
    await api.post('/api/v2/ob/clusters', {
      ...request,
      password,
      obproxyUserPassword: proxyPassword,
    })
  })
  afterAll(() => api.close())

  const download = async (url: string) => {
    const headers = {
      authorization: basic('admin', 'admin-password'),
      'content-type': 'application/json',
    }
    const reply = await api.app.inject({ method: 'POST', url, headers })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['content-type']).toBe('application/zip')
    return unzip(reply.rawPayload)
  }

  test.each(['v1', 'v2'])(
    'is a zip of the graph, the context and a log for each run, under /api/%s',
    async (version) => {
      const { contents } = await api.store.tasks.list({ clusterId: 1 }, { page: 1, size: 1 })
      const { id = 0, firstSubtaskId = 0 } = contents[0] ?? {}
      const at = new Date('2021-08-25T07:09:32.697Z')
      for (const runTime of [1, 2]) {
        const run = { taskId: id, subtaskId: firstSubtaskId, runTime, at }
        const operation = runTime === 1 ? 'EXECUTE' : 'RETRY'
        await setSubtask(api.db, firstSubtaskId, {
          status: 'RUNNING',
          operation,
          runTime,
          executor: 'worker-1',
          startTime: at,
        })
        await api.store.tasks.log([{ ...run, level: 'INFO', message: `run ${runTime}, 第一` }])
      }
      const cause = { code: 'CMP07036', message: 'fio is missing', advice: 'install it' }
      await setSubtask(api.db, firstSubtaskId + 1, { status: 'FAILED', cause })
      const files = await download(`/api/${version}/tasks/instances/${id}/downloadDiagnosis`)
      expect([...files.keys()]).toEqual([
        'task_summary.txt',
        'task_info.txt',
        'task_context.txt',
        `subtask_${firstSubtaskId}_1.log`,
        `subtask_${firstSubtaskId}_2.log`,
        `subtask_${firstSubtaskId + 1}_1.log`,
      ])
      const summary = files.get('task_summary.txt')
      expect(summary).toMatch(
        /^obflow \d+\.\d+\.\d+\nTask \d+, Create primary OB cluster, cluster terran: RUNNING \(EXECUTE\)\n/,
      )
      expect(summary).toContain(`${firstSubtaskId}  Prepare install cluster: RUNNING, run 2\n`)
      expect(summary).toContain(
        'Pre check for install OB on 10.0.0.1: FAILED, run 1\n    CMP07036 fio is missing\n    Advice: install it\n',
      )
      const info = files.get('task_info.txt')?.split('\n') ?? []
      expect(info).toHaveLength(24)
      expect(info[0]).toBe(`Subtask: ${firstSubtaskId}, State: RUNNING, Dependencies: []`)
      expect(info[1]).toBe(
        `Subtask: ${firstSubtaskId + 1}, State: FAILED, Dependencies: [${firstSubtaskId}]`,
      )
      expect(files.get('task_context.txt')).toMatch(
        /^Context\(parallelIdx=-1, stringMap=\{.*cluster_name=terran/,
      )
      expect(files.get(`subtask_${firstSubtaskId}_2.log`)).toMatch(
        /^#{12}\{RETRY\}\{[^}]+\}#{12}\n.* INFO --- .* : run 2, 第一\n$/s,
      )
      const all = [...files.values()].join('\n')
      expect(all).not.toContain(password)
      expect(all).not.toContain(proxyPassword)
    },
  )

  test('of a task that is not there is refused in the envelope', async () => {
    expect(
      await api.call({ method: 'POST', url: '/api/v2/tasks/instances/7/downloadDiagnosis' }),
    ).toMatchObject({
      status: 404,
      error: { code: 'TSK10001' },
    })
  })
})
