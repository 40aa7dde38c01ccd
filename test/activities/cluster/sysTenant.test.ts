import { expect, test } from 'vitest'
import { createDefaultUser } from '../../../src/activities/cluster/createDefaultUser.ts'
import { setSysPassword } from '../../../src/activities/cluster/setSysPassword.ts'
import { setSysPrimaryZone } from '../../../src/activities/cluster/setSysPrimaryZone.ts'
import { triggerCompaction } from '../../../src/activities/cluster/triggerCompaction.ts'
import { asIs } from '../../../src/errors/say.ts'
import { SqlError, StillStarting } from '../../../src/oceanbase/index.ts'
import { clusterOf, fakeNode, password } from './fakeCluster.ts'

const threeZones = ['10.0.0.1', '10.0.0.2', '10.0.0.3']

test('root gets the posted password from an empty one, and a second run changes nothing', async () => {
  const { node, world, done } = fakeNode(clusterOf(threeZones))
  await setSysPassword(node)
  await setSysPassword(node)
  expect(world.rootPassword).toBe(password)
  expect(done(/ALTER USER root/)).toHaveLength(1)
})

test('a root password that was changed outside is a definite failure', async () => {
  const { node } = fakeNode(clusterOf(threeZones), { rootPassword: 'someone else' })
  await expect(setSysPassword(node)).rejects.toThrow(
    "neither with the cluster's password nor without one",
  )
})

test('a server on which the empty password still works is a definite failure', async () => {
  const { node, world } = fakeNode(clusterOf(['10.0.0.1']), { rootPassword: password })
  const { sql } = node
  const leaky: typeof node = { ...node, sql: (server) => sql(server, 'root') }
  await expect(setSysPassword(leaky)).rejects.toThrow(
    'can still log in to 10.0.0.1 without a password',
  )
  expect(world.rootPassword).toBe(password)
})

test('a server that is starting lets root in without a password: that is no failure, it is waited for', async () => {
  const { node, world } = fakeNode(clusterOf(['10.0.0.1']), { rootPassword: password })
  const { sql } = node
  const restarted: typeof node = {
    ...node,
    sql: (server, user) => {
      if (user === 'rootEmpty') world.starting.add('10.0.0.1')
      return sql(server, user)
    },
  }
  await expect(setSysPassword(restarted)).rejects.toBeInstanceOf(StillStarting)
})

test('ocp_monitor and proxyro get generated passwords that stay the same when it runs again', async () => {
  const { node } = fakeNode(clusterOf(threeZones))
  await createDefaultUser(node)
  const first = await node.store.secrets.get('cluster/22/proxyro')
  await createDefaultUser(node)
  expect((await node.store.secrets.get('cluster/22/proxyro')).reveal()).toBe(first.reveal())
  expect((await node.store.secrets.get('cluster/22/ocp_monitor')).reveal()).not.toBe(first.reveal())
})

test('a default user that may do more than read is a definite failure that names the grants', async () => {
  const { node } = fakeNode(clusterOf(threeZones), {
    extraGrant: "GRANT ALL PRIVILEGES ON `db`.* TO 'ocp_monitor'",
  })
  await expect(createDefaultUser(node)).rejects.toThrow('but has: GRANT SELECT ON *.*')
})

test('the posted primary zone is set once', async () => {
  const { node, world, done } = fakeNode(
    clusterOf(threeZones, { primaryZone: 'zone2;zone1,zone3' }),
  )
  await setSysPrimaryZone(node)
  await setSysPrimaryZone(node)
  expect(world.primaryZone).toBe('zone2;zone1,zone3')
  expect(done(/PRIMARY_ZONE =/)).toHaveLength(1)
})

test('no posted primary zone leaves 4.x at RANDOM', async () => {
  const { node, done } = fakeNode(clusterOf(threeZones))
  await setSysPrimaryZone(node)
  expect(done(/PRIMARY_ZONE =/)).toEqual([])
})

test('a compaction is proven by the frozen version that grew', async () => {
  const { node, world, lines } = fakeNode(clusterOf(threeZones))
  await triggerCompaction(node)
  expect(world.frozen).toBe(2)
  expect(lines).toContain('INFO Frozen version went from 1 to 2')
})

test('a freeze that is refused because the last one is unfinished counts as started', async () => {
  const { node, world } = fakeNode(clusterOf(threeZones))
  world.before = (statement) => {
    if (!/MAJOR FREEZE/.test(statement)) return
    world.frozen++
    throw new SqlError(4213, asIs('The last major freeze is not finished'), '10.0.0.1')
  }
  await triggerCompaction(node)
  expect(world.frozen).toBe(2)
})
