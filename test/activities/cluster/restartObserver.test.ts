import { expect, test } from 'vitest'
import { restartObserver } from '../../../src/activities/cluster/restartObserver.ts'
import { waitObserverAccessible } from '../../../src/activities/cluster/waitObserverAccessible.ts'
import { serversOf } from '../../../src/oceanbase/index.ts'
import { clusterOf, fakeNode } from './fakeCluster.ts'

const servers = ['10.0.0.1', '10.0.0.2', '10.0.0.3']

test('three zones are restarted one after the other, each seen serving before the next', async () => {
  const { node, world, done } = fakeNode(clusterOf(servers), {
    bootstrapped: true,
    listed: [...servers],
  })
  await restartObserver(node)
  expect(
    done(/^restart observer@|DBA_OB_SERVERS/).map((entry) =>
      entry.replace(/.*DBA_OB_SERVERS.*/, 'all serving?'),
    ),
  ).toEqual(servers.flatMap((ip) => [`restart observer@${ip}`, 'all serving?']))
  expect([...world.restarted]).toEqual(servers)
})

test('with two zones there is no majority to keep: all are restarted together', async () => {
  const { node, done } = fakeNode(clusterOf(['10.0.0.1', '10.0.0.2']), {
    bootstrapped: true,
    listed: ['10.0.0.1', '10.0.0.2'],
  })
  await restartObserver(node)
  expect(done(/^restart observer@/)).toHaveLength(2)
  expect(done(/DBA_OB_SERVERS/)).toEqual([])
})

test('an interrupted run does not restart again what it has restarted', async () => {
  const { node, done } = fakeNode(clusterOf(servers), {
    bootstrapped: true,
    listed: [...servers],
    restarted: new Set(['10.0.0.1']),
  })
  await restartObserver(node)
  expect(done(/^(re)?start observer@/)).toEqual([
    'start observer@10.0.0.1',
    'restart observer@10.0.0.2',
    'restart observer@10.0.0.3',
  ])
})

test('every observer is asked, and one that says it is initializing is waited for', async () => {
  const { node, lines } = fakeNode(clusterOf(['10.0.0.1 10.0.0.2']))
  let early = true
  const { sql } = node
  const slow: typeof sql = async (server, user) => {
    if (server.ip === '10.0.0.2' && user === 'rootEmpty' && early) {
      early = false
      return sql({ ...server, ip: '' }, user).then((session) => ({
        ...session,
        rows: () => Promise.reject(new Error('Server is initializing')),
      }))
    }
    return sql(server, user)
  }
  await waitObserverAccessible({ ...node, servers: serversOf(node.cluster), sql: slow })
  expect(lines).toEqual([
    'INFO Waiting for observer 10.0.0.2: Server is initializing',
    'INFO 2 of 2 observers answer',
  ])
})
