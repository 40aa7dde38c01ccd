import { ApplicationFailure } from '@temporalio/activity'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src/plan/run.ts'
import { createObproxyCluster, deleteObproxyCluster, linkObproxy, unlinkObproxy } from '../../src/workflows/index.ts'
import * as messages from '../../src/workflows/messages.ts'
import { aRun, type Behaviour, type Call, startEnvironment, withWorkflow } from './environment.ts'

let environment: TestWorkflowEnvironment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())

/** A run about OBProxy cluster 5 and its hosts. */
const onHosts = (hosts: number): Run => {
  const { clusterId: _, clusterName: __, ...run } = aRun(hosts, 0)
  return { ...run, obproxyClusterId: 5 }
}
const names = (calls: readonly Call[]) => calls.map(({ activity }) => activity)
const fine: Behaviour = () => undefined
const failing = (activity: string): Behaviour => {
  let times = 1
  return (call) => {
    if (call.activity === activity && times-- > 0) throw ApplicationFailure.nonRetryable('port 2883 is in use', 'OBE10002')
  }
}

describe('createObproxyCluster', () => {
  it('installs on every host, links once, and tells each node which OBProxy cluster it works on', async () => {
    await withWorkflow(environment, createObproxyCluster, onHosts(2), fine, async ({ handle, calls }) => {
      await handle.result()
      expect(names(calls)).toEqual([
        'prepareObproxyInstall',
        ...['preCheckObproxy', 'preCheckObproxy', 'waitNode'],
        ...['installObproxyRpm', 'installObproxyRpm', 'waitNode'],
        ...['startObproxy', 'startObproxy', 'linkObClusters', 'finishObproxyInstall'],
      ])
      expect(calls.every(({ obproxyClusterId }) => obproxyClusterId === 5)).toBe(true)
    })
  })

  it("without hosts is the two nodes of OCP's sample, the last of which has time although its timeout reads 0", async () => {
    await withWorkflow(environment, createObproxyCluster, onHosts(0), fine, async ({ handle, calls }) => {
      await handle.result()
      expect(calls).toMatchObject([
        { activity: 'prepareObproxyInstall', timeoutSeconds: 300 },
        { activity: 'finishObproxyInstall', timeoutSeconds: 3600 },
      ])
    })
  })

  it('is taken back in reverse, down to the reservation of its hosts', async () => {
    const behave = failing('linkObClusters')
    await withWorkflow(environment, createObproxyCluster, onHosts(1), behave, async ({ handle, calls, recorded }) => {
      await recorded('FAILED')
      const forward = calls.length
      await handle.executeUpdate(messages.rollbackTask)
      await handle.result()
      expect(names(calls.slice(forward))).toEqual(['stopObproxy', 'removeObproxyRpm', 'releaseObproxyCluster'])
    })
  })
})

describe('deleteObproxyCluster', () => {
  it('stops before it uninstalls, and forgets the cluster last', async () => {
    await withWorkflow(environment, deleteObproxyCluster, onHosts(1), fine, async ({ handle, calls }) => {
      await handle.result()
      expect(names(calls)).toEqual([
        'startObproxyOffline',
        'stopObproxy',
        'waitNode',
        'removeObproxyRpm',
        'releaseObproxyCluster',
      ])
    })
  })

  it('can be taken back as long as the cluster is there: its proxies run again', async () => {
    const behave = failing('releaseObproxyCluster')
    await withWorkflow(environment, deleteObproxyCluster, onHosts(1), behave, async ({ handle, calls, recorded }) => {
      await recorded('FAILED')
      const forward = calls.length
      await handle.executeUpdate(messages.rollbackTask)
      await handle.result()
      expect(names(calls.slice(forward))).toEqual(['installObproxyRpm', 'startObproxy', 'keepObproxyCluster'])
    })
  })
})

describe('links', () => {
  it.each([
    { workflow: linkObproxy, forward: 'linkObClusters', back: 'unlinkObClusters' },
    { workflow: unlinkObproxy, forward: 'unlinkObClusters', back: 'linkObClusters' },
  ])('$forward that fails is taken back by $back', async ({ workflow, forward, back }) => {
    await withWorkflow(environment, workflow, onHosts(1), failing(forward), async ({ handle, calls, recorded }) => {
      await recorded('FAILED')
      await handle.executeUpdate(messages.rollbackTask)
      await handle.result()
      expect(names(calls)).toEqual([forward, back])
    })
  })
})
