import { z } from 'zod'
import type { TaskWithSubtasks } from '../../../src/store/index.ts'
import { setSubtask, setTask } from '../../store/taskRows.ts'
import createRequest from '../fixtures/createRequest.json' with { type: 'json' }
import { rpmFile } from '../rpmFile.ts'
import { basic, openApi } from '../server.ts'

/** A form with a package. */
export function upload(fileName: string, content: Buffer): FormData {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(content)]), fileName)
  return form
}

const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']

/**
 * An API that listens, filled over HTTP; tasks go on as a worker would write it. A cluster RUNNING
 * on host 1, an OBProxy cluster on host 2, and the preparation of host 3 FAILED at its second node.
 */
export async function openScene() {
  const api = await openApi({ publicUrl: 'http://10.0.0.9:8080' })
  await api.reset()
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = z.object({ port: z.number() }).parse(api.app.server.address())
  const { store } = api

  const ask = async (method: string, path: string, sending?: object) => {
    const headers = { authorization: basic('admin', 'admin-password') }
    const sent =
      sending === undefined || sending instanceof FormData
        ? { headers, ...(sending && { body: sending }) }
        : {
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(sending),
          }
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...sent })
    const text = await reply.text()
    const body: unknown = reply.headers.get('content-type')?.includes('json')
      ? JSON.parse(text)
      : text
    return { status: reply.status, body }
  }
  const must = async (...call: Parameters<typeof ask>) => {
    const reply = await ask(...call)
    if (reply.status !== 200)
      throw new Error(`${call[0]} ${call[1]} was answered ${JSON.stringify(reply.body)}`)
    return reply.body
  }

  const taskOf = async (id: number): Promise<TaskWithSubtasks> => {
    const task = await store.tasks.get(id)
    if (!task) throw new Error(`no task ${id}`)
    return task
  }
  /** Carries a task out, or up to the node that fails. */
  const carryOut = async (id: number, failing = Number.POSITIVE_INFINITY) => {
    for (const { id: subtaskId, index } of (await taskOf(id)).subtasks.slice(0, failing + 1)) {
      const run = { taskId: id, subtaskId, runTime: 1, at: new Date() }
      const ran = { executor: '10.0.0.9', startTime: run.at, finishTime: run.at }
      const cause = {
        code: 'CMP07036',
        message: 'commands are missing',
        advice: 'install them',
        host: '10.0.0.3',
      }
      const ended =
        index === failing
          ? ({ status: 'FAILED', cause } as const)
          : ({ status: 'SUCCESSFUL' } as const)
      await setSubtask(api.db, subtaskId, { ...ran, ...ended })
      await store.tasks.log([{ ...run, level: 'INFO', message: 'Run subtask' }])
    }
    const status = Number.isFinite(failing) ? 'FAILED' : 'SUCCESSFUL'
    await setTask(api.db, id, status)
  }

  await must('POST', '/api/v2/compute/regions', { name: 'hangzhou', description: 'east' })
  await must('POST', '/api/v2/compute/idcs', { name: 'hz2', regionId: 1 })
  await must('POST', '/api/v2/compute/hostTypes', { name: 'tiny', description: 'small' })
  const sshCredentialProperty = { type: 'PASSWORD', username: 'root', passphrase: 'secret-word' }
  await must('POST', '/api/v2/profiles/me/credentials', {
    targetType: 'HOST',
    name: 'root',
    sshCredentialProperty,
  })
  const rpm = rpmFile({
    name: 'oceanbase',
    version: '2.2.73',
    release: '20201211175814.el7',
    arch: 'x86_64',
  })
  await must('POST', '/api/v2/software-packages', upload(createRequest.rpmName, rpm))
  await must('POST', '/api/v2/compute/hosts/batchCreate', {
    hostBasicDataList: addresses.map((innerIpAddress) => ({ innerIpAddress })),
    idcId: 1,
    typeId: 1,
    credentialId: 1,
  })
  await api.launcher.settled()
  await carryOut(1000)
  await carryOut(1001)
  await carryOut(1002, 1)
  await carryOut(1003)
  await carryOut(1004)
  for (const id of [1, 2]) {
    await store.hosts.setFacts(id, {
      name: `host${id}`,
      architecture: 'x86_64',
      operatingSystem: '4.19',
      operatingSystemRelease: 'el7',
    })
    await store.hosts.setAgent(id, { version: '3.1.2', status: 'AVAILABLE' })
    await store.hosts.setStatus(id, 'AVAILABLE')
  }
  await must('POST', '/api/v2/ob/clusters', createRequest)
  await api.launcher.settled()
  await carryOut(1005)
  const at = new Date().toISOString()
  const facts = {
    innerStatus: 'ACTIVE',
    status: 'RUNNING',
    withRootserver: true,
    startTime: at,
    stopTime: null,
  } as const
  const server = {
    hostId: 1,
    ip: '10.0.0.1',
    port: 2882,
    sqlPort: 2881,
    zoneName: 'zone1',
    version: '2.2.73_1',
  }
  await store.clusters.saveServers(1, [{ ...server, ...facts }])
  await store.clusters.saveZones(1, [
    { name: 'zone1', innerStatus: 'ACTIVE', idcName: 'hz2', regionName: 'hangzhou' },
  ])
  await store.clusters.setStatus(1, 'RUNNING')
  const proxy = rpmFile({
    name: 'obproxy',
    version: '3.2.3',
    release: '20220101.el7',
    arch: 'x86_64',
  })
  await must(
    'POST',
    '/api/v2/software-packages',
    upload('obproxy-3.2.3-20220101.el7.x86_64.rpm', proxy),
  )
  const proxies = {
    name: 'proxies',
    address: '10.0.0.2',
    workMode: 'CONFIG_URL',
    obproxyInstallParam: { hostIds: [2] },
  }
  await must('POST', '/api/v2/obproxy/clusters', proxies)
  await api.launcher.settled()
  await carryOut(1006)
  await store.obproxy.setStatus(1, 'RUNNING')
  await store.obproxy.seen(1, { status: 'RUNNING', at: new Date() })

  return {
    ...api,
    ask,
    carryOut,
    /** A subtask of the task is being worked on. */
    async running(id: number, subtaskId: number): Promise<void> {
      await setTask(api.db, id, 'RUNNING')
      await setSubtask(api.db, subtaskId, { status: 'RUNNING' })
    },
    /** Throws when a reply was not as its route declares it. */
    async asDeclared() {
      await api.get('/api/v2/ob/clusters')
    },
  }
}

export type Scene = Awaited<ReturnType<typeof openScene>>
