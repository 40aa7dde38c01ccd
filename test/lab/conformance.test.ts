import { afterAll, beforeAll, expect, it } from 'vitest'
import { tables } from '../api/conformance/documented/tables.ts'
import { clusterCalls, createBody, postStandby, standbyCalls } from './conformance/clusters.ts'
import { created, type Here } from './conformance/here.ts'
import { inventoryCalls } from './conformance/inventory.ts'
import { callsAboutItself } from './conformance/itself.ts'
import { peopleCalls } from './conformance/people.ts'
import { proxyCalls } from './conformance/proxies.ts'
import { startTalk } from './conformance/talk.ts'
import { taskCalls } from './conformance/tasks.ts'
import { terraformCalls } from './conformance/terraform.ts'
import { startScene } from './scene.ts'

let opened: Here | undefined
const here = (): Here => {
  if (!opened) throw new Error('nothing is up')
  return opened
}

// Four hosts: a primary, its standby, proxies, and one that is added, spoiled and mended again and
// again.
beforeAll(async () => {
  const scene = await startScene({ hosts: 4, idcOf: () => 'hz2', obproxy: true })
  const login = { username: 'conformer', password: 'Change-me-2' }
  await scene.send('POST', '/api/v2/iam/users', { ...login, roles: ['ADMIN'] })
  // The login of the lab's hosts is admin's; another user may use it for these only.
  const sharedAddresses = scene.lab.hosts.map(({ ip }) => ip)
  await scene.send('PATCH', '/api/v2/profiles/me/credentials/1', { sharedAddresses })
  const talk = await startTalk(scene.obflow.url, login)
  const hostIds = [...scene.inventory.hostIds]
  opened = { scene, talk, hostIds, primary: { id: 0, clusterId: 0 } }
  opened = {
    ...opened,
    primary: created.parse(
      await talk.must('POST', '/api/v2/ob/clusters', createBody({ hostIds }, 0)),
    ),
  }
}, 300_000)
afterAll(() => opened?.scene[Symbol.asyncDispose]())

inventoryCalls(here)
peopleCalls(here)
clusterCalls(here)

// It is made while other calls are asked.
let standby = { id: 0, clusterId: 0 }
it('a standby cluster is posted', async () => {
  standby = await postStandby(here())
})
callsAboutItself(here)
proxyCalls(here)
taskCalls(here)
standbyCalls(here, () => standby)
terraformCalls(here)

it('every call that is served has been asked here and has succeeded', () => {
  const { served, asked } = here().talk
  expect(served.filter((call) => !asked.has(call))).toEqual([])
})

it('every object that OCP documents has been in a reply', () => {
  const { seen } = here().talk
  expect(
    Object.keys(tables).filter((table) => ![...seen, 'ApiError', 'SubError'].includes(table)),
  ).toEqual([])
})
