import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DefiniteError } from '../../src/errors/failure.ts'
import { asIs } from '../../src/errors/say.ts'
import { createObproxyClusterPlan } from '../../src/operations/createObproxyCluster.ts'
import { deleteObproxyClusterPlan } from '../../src/operations/deleteObproxyCluster.ts'
import { linkObproxyPlan } from '../../src/operations/linkObproxy.ts'
import { unlinkObproxyPlan } from '../../src/operations/unlinkObproxy.ts'
import {
  type Accepted,
  type Behaviour,
  type Call,
  type Environment,
  startEnvironment,
  withTask,
} from './environment.ts'

let environment: Environment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())
beforeEach(() => environment.opened.reset())

/** Tasks about OBProxy cluster 5 and its hosts. */
const aCreate = (hosts: number): Accepted => ({
  workflow: 'createObproxyCluster',
  plan: createObproxyClusterPlan(hosts),
  hosts,
  obproxyClusterId: 5,
})
const aDelete = (hosts: number): Accepted => ({
  workflow: 'deleteObproxyCluster',
  plan: deleteObproxyClusterPlan(hosts),
  hosts,
  obproxyClusterId: 5,
})
const names = (calls: readonly Call[]) => calls.map(({ activity }) => activity)
const fine: Behaviour = () => undefined
const failing = (activity: string): Behaviour => {
  let times = 1
  return (call) => {
    if (call.activity === activity && times-- > 0)
      throw new DefiniteError({ code: 'OBE10002', message: asIs('port 2883 is in use') })
  }
}

describe('createObproxyCluster', () => {
  it('installs on every host, links once, and tells each node which OBProxy cluster it works on', async () => {
    await withTask(environment, aCreate(2), fine, async ({ calls, done }) => {
      await done()
      expect(names(calls)).toEqual([
        'prepareObproxyInstall',
        ...['prepareCreateObproxy', 'prepareCreateObproxy'],
        ...['checkProcessNotExist', 'checkProcessNotExist'],
        ...['checkCommandExists', 'checkCommandExists'],
        ...['installObproxyRpm', 'installObproxyRpm'],
        ...['startObproxy', 'startObproxy'],
        ...['syncObproxyParameter', 'syncObproxyParameter', 'linkObClusters'],
        ...['registerObproxyExporter', 'registerObproxyExporter'],
        ...['updateObproxyStatus', 'finishObproxyInstall'],
      ])
      expect(calls.every(({ obproxyClusterId }) => obproxyClusterId === 5)).toBe(true)
    })
  })

  it("without hosts is the two nodes of OCP's sample, the last of which has time although its timeout reads 0", async () => {
    await withTask(environment, aCreate(0), fine, async ({ calls, done }) => {
      await done()
      expect(calls).toMatchObject([
        { activity: 'prepareObproxyInstall', timeoutSeconds: 300 },
        { activity: 'finishObproxyInstall', timeoutSeconds: 3600 },
      ])
    })
  })

  it('is taken back in reverse, down to the reservation of its hosts', async () => {
    const behave = failing('linkObClusters')
    await withTask(environment, aCreate(1), behave, async ({ calls, recorded, operate, done }) => {
      await recorded('FAILED')
      const forward = calls.length
      await operate({ operation: 'rollbackTask' })
      await done()
      expect(names(calls.slice(forward))).toEqual([
        'stopObproxy',
        'removeObproxyRpm',
        'releaseObproxyCluster',
      ])
    })
  })
})

describe('deleteObproxyCluster', () => {
  it('stops before it uninstalls, and forgets the cluster last', async () => {
    await withTask(environment, aDelete(1), fine, async ({ calls, done }) => {
      await done()
      expect(names(calls)).toEqual([
        'startObproxyOffline',
        'prepareOfflineObproxy',
        'uninstallObproxy',
        'deleteObproxyInfo',
        'unreserveProxyHost',
        'releaseObproxyCluster',
      ])
    })
  })

  it('can be taken back as long as its proxies are known: they run again', async () => {
    const behave = failing('uninstallObproxy')
    await withTask(environment, aDelete(1), behave, async ({ calls, recorded, operate, done }) => {
      await recorded('FAILED')
      const forward = calls.length
      await operate({ operation: 'rollbackTask' })
      await done()
      expect(names(calls.slice(forward))).toEqual(['reinstallObproxy', 'keepObproxyCluster'])
    })
  })

  it('is only retried once they are forgotten', async () => {
    const behave = failing('unreserveProxyHost')
    await withTask(environment, aDelete(1), behave, async ({ recorded, operate, done }) => {
      await recorded('FAILED')
      await expect(operate({ operation: 'rollbackTask' })).rejects.toThrow('retry the deletion')
      await operate({ operation: 'retryTask' })
      await done()
    })
  })
})

describe('links', () => {
  it.each([
    {
      workflow: 'linkObproxy',
      plan: linkObproxyPlan,
      forward: 'linkObClusters',
      back: 'unlinkObClusters',
    },
    {
      workflow: 'unlinkObproxy',
      plan: unlinkObproxyPlan,
      forward: 'unlinkObClusters',
      back: 'linkObClusters',
    },
  ] as const)(
    '$forward that fails is undone by $back',
    async ({ workflow, plan, forward, back }) => {
      await withTask(
        environment,
        { workflow, plan, hosts: 1, obproxyClusterId: 5 },
        failing(forward),
        async ({ calls, recorded, operate, done }) => {
          await recorded('FAILED')
          await operate({ operation: 'rollbackTask' })
          await done()
          expect(names(calls)).toEqual([forward, back])
        },
      )
    },
  )
})
