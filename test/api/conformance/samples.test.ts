import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rpmFile } from '../rpmFile.ts'
import { absent } from './absent.ts'
import { deviations, documentedCall } from './asSample.ts'
import { documentedCalls } from './documented/calls.ts'
import { openScene, type Scene, upload } from './scene.ts'

const rpm = rpmFile({ name: 'oceanbase', version: '4.2.1', release: '1.el7', arch: 'x86_64' })
const sshCredentialProperty = { type: 'PASSWORD', username: 'root', passphrase: 'secret-word' }
const failed = '/api/v2/tasks/instances/1002'

/** Calls in an order in which each succeeds. */
const calls: readonly [method: string, path: string, body?: object][] = [
  ['GET', '/api/v2/compute/regions'],
  ['GET', '/api/v2/compute/regions/1'],
  ['GET', '/api/v2/compute/idcs'],
  ['GET', '/api/v2/compute/idcs/1'],
  ['GET', '/api/v2/compute/hostTypes'],
  ['GET', '/api/v2/compute/hostTypes/1'],
  ['GET', '/api/v2/compute/hosts?status=ONLINE&sort=id,asc&includedServiceType=OB_CLUSTER'],
  ['GET', '/api/v2/compute/hosts/1'],
  ['GET', '/api/v2/software-packages'],
  ['GET', '/api/v2/ob/clusters?status=RUNNING&withStandby=true'],
  ['GET', '/api/v2/ob/clusters/1'],
  ['GET', '/api/v2/ob/clusters/1/zones'],
  ['GET', '/api/v2/ob/clusters/1/servers?regionName=hangzhou&idcName=hz2'],
  ['GET', '/api/v2/clusters/1/zones/zone1/servers'],
  ['GET', '/api/v2/ob/clusters/1/zones/zone1/servers'],
  ['GET', '/api/v2/tasks/instances?status=RUNNING,FAILED,SUCCESSFUL&sort=id,asc'],
  ['GET', '/api/v2/tasks/instances/1005'],
  ['GET', '/api/v2/tasks/1005'],
  ['GET', '/api/v2/tasks/instances/1000/subtasks/10000/log'],
  ['GET', '/api/v2/profiles/me/credentials'],

  [
    'POST',
    '/api/v2/profiles/me/credentials',
    { targetType: 'HOST', name: 'other', sshCredentialProperty },
  ],
  ['POST', '/api/v2/compute/regions', { name: 'shanghai' }],
  ['POST', '/api/v2/compute/idcs', { name: 'sh1', regionId: 2 }],
  ['POST', '/api/v2/compute/hostTypes', { name: 'large', description: null }],
  ['POST', '/api/v2/software-packages', upload('oceanbase-4.2.1-1.el7.x86_64.rpm', rpm)],
  ['DELETE', '/api/v2/software-packages/3'],
  ['DELETE', '/api/v2/compute/idcs/2'],
  ['DELETE', '/api/v2/compute/regions/2'],
  ['DELETE', '/api/v2/compute/hostTypes/2'],

  ['POST', `${failed}/retry`],
  ['POST', `${failed}/rollback`],
  ['POST', `${failed}/subtasks/10011/retry`],
  ['POST', `${failed}/subtasks/10011/skip`],
  ['POST', `${failed}/subtasks/10011/cancel`],

  [
    'POST',
    '/api/v2/compute/hosts/batchCreate',
    { hostBasicDataList: [{ innerIpAddress: '10.0.0.5' }], idcId: 1, credentialId: 1 },
  ],
  ['DELETE', '/api/v2/compute/hosts/3'],
  ['POST', '/api/v2/compute/hosts/batchDelete', { hostIdList: [4] }],
  ['GET', '/api/v2/obproxy/clusters?sort=id,asc'],
  ['GET', '/api/v2/obproxy/clusters/1'],
  [
    'POST',
    '/api/v2/obproxy/clusters',
    {
      name: 'OBProxy001',
      address: 'foo.bar',
      port: 2883,
      workMode: 'CONFIG_URL',
      obproxyInstallParam: { hostIds: [] },
      obLinks: [],
    },
  ],
  ['PUT', '/api/v2/obproxy/clusters/1', { address: 'foo.bar', port: 2883 }],
  ['DELETE', '/api/v2/obproxy/clusters/1'],
  ['DELETE', '/api/v2/ob/clusters/1'],
]

/**
 * A create and a restart have tests of their own, and a link is answered when its task has ended,
 * which none does here.
 */
const elsewhere = [
  'POST /api/v2/ob/clusters',
  'POST /api/v2/ob/clusters/{id}/restart',
  'POST /api/v2/obproxy/clusters/{id}/obLinks/batchAdd',
  'DELETE /api/v2/obproxy/clusters/{id}/obLinks/{obClusterName}',
]

test('every call that OCP documents and that is served is asked here', () => {
  const asked = calls.map(([method, path]) => documentedCall(method, path))
  const toAsk = Object.entries(documentedCalls).flatMap(([call, { bare }]) =>
    bare || call in absent.calls ? [] : [call],
  )
  expect(toAsk.filter((call) => !asked.includes(call))).toEqual(elsewhere)
})

describe('the reply to a call that OCP documents', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await openScene()
  })
  afterAll(() => scene.close())

  test.each(calls)(
    '%s %s has every field, of its type and among its words',
    async (method, path, body) => {
      // Each operation, and what follows them, finds the task as it waits for one.
      if (path.startsWith(`${failed}/`) || path.endsWith('/hosts/3')) await scene.carryOut(1002, 1)
      if (path.endsWith('/cancel')) await scene.running(1002, 10_011)
      const reply = await scene.ask(method, path, body)
      expect(reply, JSON.stringify(reply.body)).toMatchObject({ status: 200 })
      expect(deviations(documentedCall(method, path) ?? path, reply.body)).toEqual([])
      await scene.asDeclared()
    },
  )
})
