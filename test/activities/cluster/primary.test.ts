import { afterAll, beforeAll, expect, test } from 'vitest'
import { onPrimary } from '../../../src/activities/cluster/primary.ts'
import { until } from '../../../src/activities/until.ts'
import { asIs } from '../../../src/errors/say.ts'
import { clusterRole } from '../../../src/oceanbase/index.ts'
import {
  bootstrapSql,
  makeObserver,
  places,
  query,
  removeObservers,
  type TestObserver,
} from '../../labObserver/observers.ts'
import { clusterOf, fakeNode, password } from './fakeCluster.ts'

let primary: TestObserver
beforeAll(async () => {
  const [place] = places(['zone1'], 29881)
  if (!place) throw new Error('one place expected')
  primary = makeObserver(place, [place], '3.2.4.1')
  await primary.start()
  await query(primary, [bootstrapSql([primary]), `ALTER USER root IDENTIFIED BY '${password}'`])
}, 120_000)
afterAll(removeObservers)

const standby = () => {
  const { ip, rpcPort, sqlPort } = primary
  return fakeNode(
    clusterOf(['10.0.0.1'], {
      version: '3.2.4.1',
      primary: { obClusterId: 1, rootServers: [{ ip, rpcPort, sqlPort }] },
    }),
  ).node
}

test('a primary that is starting again refuses every password, which is waited for', async () => {
  await primary.kill('SIGKILL')
  await primary.start({ noFlags: true })
  const refused: unknown[] = []
  const seen = await until(asIs('the primary'), standby(), async () => ({
    ready: await onPrimary(standby(), clusterRole).catch((error: unknown) => {
      refused.push(error)
      throw error
    }),
  }))
  expect(seen).toMatchObject({ obClusterId: 1, role: 'PRIMARY' })
  expect(String(refused[0])).toContain('has not refreshed its schema yet')
}, 60_000)

test('a wrong password is a definite failure', async () => {
  await query(primary, "ALTER USER root IDENTIFIED BY 'other'", { password })
  await expect(onPrimary(standby(), clusterRole)).rejects.toMatchObject({
    reason: { code: 'OBE12000' },
  })
})
