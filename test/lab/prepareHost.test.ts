import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { buildPackages, catalog, type LabHost } from '../../lab/index.ts'
import { causes, type Scene, startScene } from './scene.ts'

const hosts = '/api/v2/compute/hosts'
const credentials = '/api/v2/profiles/me/credentials'
const added = z.looseObject({ id: z.number(), hostIds: z.tuple([z.number()]) })
const host = z.object({
  status: z.string(),
  hostAgentStatus: z.string().nullable(),
  hostAgentVersion: z.string().nullable(),
  name: z.string().nullable(),
  architecture: z.string().nullable(),
})

let scene: Scene
let machine: LabHost
let hostId: number
beforeAll(async () => {
  scene = await startScene({ hosts: 1, idcOf: () => 'hz1' })
  const [only] = scene.lab.hosts
  const [known] = scene.inventory.hostIds
  if (!only || known === undefined) throw new Error('one host was asked for')
  machine = only
  hostId = known
})
afterAll(() => scene?.[Symbol.asyncDispose]())
beforeEach(async () => {
  await scene.send('DELETE', `${hosts}/${hostId}`)
})

/** Adds the host again, under a credential; what the API says of it then. */
async function add(credentialId = 1) {
  const body = {
    hostBasicDataList: [{ innerIpAddress: machine.ip }],
    idcId: 1,
    typeId: 1,
    credentialId,
  }
  const { data } = await scene.api.post(`${hosts}/batchCreate`, body, added)
  hostId = data.hostIds[0]
  return data
}
const hostNow = async () => (await scene.api.get(`${hosts}/${hostId}`, host)).data

const logOf = async (taskId: number): Promise<string> => {
  const [first] = (await scene.task(taskId)).subtasks
  const url = `/api/v2/tasks/instances/${taskId}/subtasks/${first?.id}/log`
  return (await scene.api.get(url, z.object({ log: z.string() }))).data.log
}
const separators = (log: string): string[] =>
  log.match(/^#{12}\{\w+\}\{.+\}#{12}$/gm)?.map((line) => line.split(/[{}]/)[1] ?? '') ?? []

it('agents of an earlier generation are stopped and removed, and a NEW host becomes AVAILABLE with the agent of today', async () => {
  const obagent = catalog.find(({ name }) => name === 'obagent')
  if (!obagent) throw new Error('the lab has no obagent')
  const legacy = await buildPackages([
    { ...obagent, version: '1.3.0', release: '1.el7' },
    ...catalog.filter(({ version }) => version === '3.1.2'),
  ])
  await machine.must(['rpm', '-e', 't-oceanbase-ocp-agent'])
  for (const { path } of legacy) {
    await machine.must(
      [
        'bash',
        '-c',
        'base64 -d > /tmp/legacy.rpm; rpm -i --nodeps /tmp/legacy.rpm; rm /tmp/legacy.rpm',
      ],
      {
        input: readFileSync(path, 'base64'),
      },
    )
  }
  await machine.must([
    'bash',
    '-c',
    'cd /; (setsid setpriv --reuid=admin --regid=admin --clear-groups /home/admin/ocp_agent/bin/ocp_agentd >/dev/null 2>&1 &); /home/admin/obagent/bin/ob_agentctl config -u monagent.host.ip=10.0.0.1; /home/admin/obagent/bin/ob_agentctl start; until pgrep -x pos_proxy; do sleep 0.1; done',
  ])

  const { id } = await add()
  expect(await hostNow()).toMatchObject({ status: 'NEW', hostAgentStatus: null })
  const task = await scene.ended(id)
  expect(causes(task)).toBe('')
  expect(await hostNow()).toEqual({
    status: 'AVAILABLE',
    hostAgentStatus: 'AVAILABLE',
    hostAgentVersion: '4.2.0-20231017100200',
    name: machine.name,
    architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
  })
  expect((await machine.must(['rpm', '-qa'])).trim()).toMatch(/^t-oceanbase-ocp-agent-4\.2\.0-\S+$/)
  expect(await machine.must(['ps', '-e', '-o', 'comm='])).not.toMatch(/agentd|pos_proxy/)
})

it('a host that is down is waited for: its task runs, and its log says so and grows, until the host answers', async () => {
  await machine.fault('sshdDown')
  const { id } = await add()
  const attempts = (log: string): number =>
    log.match(/Attempt \d+ failed: .*ECONNREFUSED.*; retrying/g)?.length ?? 0
  let before = await logOf(id)
  while (attempts(before) === 0) before = await logOf(id)
  let after = before
  while (attempts(after) < attempts(before) + 1) after = await logOf(id)
  expect(after.startsWith(before)).toBe(true)
  expect(await scene.task(id)).toMatchObject({ status: 'RUNNING' })
  expect(await hostNow()).toMatchObject({ status: 'NEW' })

  await machine.heal('sshdDown')
  expect(causes(await scene.ended(id))).toBe('')
  expect(await hostNow()).toMatchObject({ status: 'AVAILABLE' })
  expect(separators(await logOf(id))).toEqual(['EXECUTE'])
})

it('a wrong password fails at once; with the credential mended a retry succeeds', async () => {
  const { username, password } = machine.users.admin
  const login = { type: 'PASSWORD', username, passphrase: 'not-the-password' }
  const made = { targetType: 'HOST', name: 'by password', sshCredentialProperty: login }
  const { data: credential } = await scene.api.post(credentials, made, z.object({ id: z.number() }))
  const { id } = await add(credential.id)
  const failed = await scene.ended(id)
  expect(causes(failed)).toMatch(
    /^Pre check for create host: CMP07015 host \S+ refused the password of admin$/,
  )
  expect((await logOf(id)).match(/attempt=\d+/g)).toEqual(['attempt=1'])
  await expect(scene.send('DELETE', `${credentials}/${credential.id}`)).rejects.toThrow('COM10005')

  await scene.send('PATCH', `${credentials}/${credential.id}`, {
    sshCredentialProperty: { passphrase: password },
  })
  await scene.api.post(`/api/v2/tasks/instances/${id}/retry`, {}, z.unknown())
  expect(causes(await scene.ended(id))).toBe('')
  expect(await hostNow()).toMatchObject({ status: 'AVAILABLE' })
  const log = await logOf(id)
  expect(separators(log)).toEqual(['EXECUTE', 'RETRY'])
  expect(log).not.toContain(password)
})
