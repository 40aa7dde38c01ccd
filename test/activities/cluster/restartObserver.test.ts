import { expect, test } from 'vitest'
import { restartObserver } from '../../../src/activities/cluster/restartObserver.ts'
import { waitObserverAccessible } from '../../../src/activities/cluster/waitObserverAccessible.ts'
import { asIs } from '../../../src/errors/say.ts'
import { SqlError, serversOf } from '../../../src/oceanbase/index.ts'
import { clusterOf, fakeNode, password } from './fakeCluster.ts'

/** Only 2.2 and 3.x are restarted. */
const older = (zones: readonly string[]) => clusterOf(zones, { version: '3.2.4.1' })

const servers = ['10.0.0.1', '10.0.0.2', '10.0.0.3']

test('three zones are restarted one after the other, each seen serving before the next', async () => {
  const { node, world, done } = fakeNode(older(servers), {
    bootstrapped: true,
    listed: [...servers],
  })
  await restartObserver(node)
  expect(
    done(/^restart observer@|__all_server/).map((entry) =>
      entry.replace(/.*__all_server.*/, 'all serving?'),
    ),
  ).toEqual(servers.flatMap((ip) => [`restart observer@${ip}`, 'all serving?']))
  expect([...world.restarted]).toEqual(servers)
})

test('with two zones there is no majority to keep: all are restarted together', async () => {
  const { node, done } = fakeNode(older(['10.0.0.1', '10.0.0.2']), {
    bootstrapped: true,
    listed: ['10.0.0.1', '10.0.0.2'],
  })
  await restartObserver(node)
  expect(done(/^restart observer@/)).toHaveLength(2)
})

test('a zone is not back while the cluster shows what its server was before: the next zone waits', async () => {
  const { node, world, done, lines } = fakeNode(older(servers), {
    rootPassword: password,
    bootstrapped: true,
    listed: [...servers],
    startedAt: new Map([['10.0.0.1', 3_000]]),
  })
  let looks = 0
  world.before = (statement) => {
    if (/__all_server/.test(statement) && ++looks === 3) world.servingSince.set('10.0.0.1', 3_001)
  }
  await restartObserver(node)
  expect(lines).toContain(
    'INFO Waiting for 10.0.0.1: 10.0.0.1 has not begun to serve since its last start',
  )
  expect(looks).toBe(5)
  expect(done(/^restart observer@/)).toHaveLength(3)
})

test('a server that lets root in without a password and knows no tables is starting, not ready', async () => {
  const { node, world, lines } = fakeNode(older(['10.0.0.1']), {
    rootPassword: password,
    bootstrapped: true,
    listed: ['10.0.0.1'],
    starting: new Set(['10.0.0.1']),
  })
  let looks = 0
  world.before = (statement) => {
    if (/SELECT 1/.test(statement)) throw new Error('it was asked before its schema was proven')
  }
  const { sql } = node
  const inTime: typeof sql = (server, user) => {
    if (++looks === 4) {
      world.starting.clear()
      world.before = () => undefined
    }
    return sql(server, user)
  }
  await restartObserver({ ...node, sql: inTime })
  expect(lines.join('\n')).toContain('observer 10.0.0.1 has not refreshed its schema yet')
})

test('an interrupted run does not restart again what it has restarted', async () => {
  const { node, done } = fakeNode(older(servers), {
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

test('4.x reads no io_resource.conf: nothing is restarted, its own calibration is begun once, and the log says so', async () => {
  const { node, world, done, lines } = fakeNode(clusterOf(servers), {
    bootstrapped: true,
    listed: [...servers],
  })
  await restartObserver(node)
  await restartObserver(node)
  expect(done(/^(re)?start observer@/)).toEqual([])
  expect(done(/RUN JOB/)).toEqual(["ALTER SYSTEM RUN JOB 'io_calibration'"])
  expect(world.calibration).toBe('IN PROGRESS')
  expect(lines[0]).toContain('does not read etc/io_resource.conf: no observer is restarted')
})

test('a calibration that 4.x refuses is told and stops nothing', async () => {
  const { node, world, lines } = fakeNode(clusterOf(['10.0.0.1']), { listed: ['10.0.0.1'] })
  world.before = (statement) => {
    if (/RUN JOB/.test(statement)) throw new SqlError(4007, asIs('not supported'), '10.0.0.1')
  }
  await restartObserver(node)
  expect(lines.at(-1)).toBe('WARN io calibration was refused, OceanBase assumes: not supported')
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
