import { expect, test } from 'vitest'
import { bootstrapOb, clearObservers } from '../../../src/activities/cluster/bootstrapOb.ts'
import { DefiniteError, TransientError } from '../../../src/errors/failure.ts'
import { asIs } from '../../../src/errors/say.ts'
import { PassingSqlError, SqlError } from '../../../src/oceanbase/index.ts'
import { clusterOf, fakeNode } from './fakeCluster.ts'

const fiveServers = ['10.0.0.1 10.0.0.2', '10.0.0.3 10.0.0.4', '10.0.0.5']
const bootstrap = /ALTER SYSTEM BOOTSTRAP/
/** For a cluster of which everything is known at once. */
const noPatience = { lostAnswerMs: 0, doubtMs: 0 }
const emptied = /^(stop observer|empty observer directories)@/
const rpcFailed = () => new PassingSqlError(4012, asIs('RPC post error (4012)'))

test('bootstraps one root server a zone, adds every other server and names the IDCs', async () => {
  const { node, world, done } = fakeNode(clusterOf(fiveServers))
  await bootstrapOb(node)
  expect(done(bootstrap)).toEqual([
    "ALTER SYSTEM BOOTSTRAP ZONE 'zone1' SERVER '10.0.0.1:2882', ZONE 'zone2' SERVER '10.0.0.3:2882', ZONE 'zone3' SERVER '10.0.0.5:2882'",
  ])
  expect(done(/ADD SERVER/)).toEqual([
    "ALTER SYSTEM ADD SERVER '10.0.0.2:2882' ZONE 'zone1'",
    "ALTER SYSTEM ADD SERVER '10.0.0.4:2882' ZONE 'zone2'",
  ])
  expect(world.idcs).toEqual({ zone1: 'hz2', zone2: 'hz2', zone3: 'hz2' })
})

test('a second run sends no BOOTSTRAP, no ADD SERVER and no IDC again', async () => {
  const { node, world, done } = fakeNode(clusterOf(fiveServers))
  await bootstrapOb(node)
  world.done.length = 0
  await bootstrapOb(node)
  expect(done(/BOOTSTRAP ZONE|ADD SERVER|SET IDC/)).toEqual([])
})

test('a BOOTSTRAP whose answer was lost is found done by the next attempt', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1']))
  world.after = (statement) => {
    if (bootstrap.test(statement)) throw new TransientError(asIs('connection lost'))
  }
  await expect(bootstrapOb(node)).rejects.toBeInstanceOf(TransientError)
  await bootstrapOb(node)
  expect(done(bootstrap)).toHaveLength(1)
})

test('a BOOTSTRAP still under way after its sender died is waited for, not sent again', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1']), { note: 'running 1' })
  let probes = 0
  world.before = (statement) => {
    if (/__all_core_table/.test(statement) && ++probes === 3) world.bootstrapped = true
  }
  await bootstrapOb(node)
  expect(done(bootstrap)).toEqual([])
})

test('a BOOTSTRAP that was long waited for and came to nothing is not waited for by every attempt anew', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1']), { note: 'running 121' })
  await bootstrapOb(node)
  expect(world.bootstrapped).toBe(true)
  expect(done(/^empty observer directories@/)).toHaveLength(1)
  expect(done(bootstrap)).toHaveLength(1)
})

test('an earlier BOOTSTRAP of this task that ended half-way is cleared away and done again', async () => {
  const { node, world, done, lines } = fakeNode(clusterOf(fiveServers), {
    note: 'ended',
    dirty: true,
  })
  await bootstrapOb(node, noPatience)
  expect(world.bootstrapped).toBe(true)
  expect(done(/^(stop observer|empty observer directories)@/)).toHaveLength(10)
  expect(lines).toContain('WARN Starting afresh: an earlier BOOTSTRAP of this task ended half-way')
})

test('directories found not empty are cleared once when this task made them', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1']), { dirty: true })
  await bootstrapOb(node, noPatience)
  expect(world.bootstrapped).toBe(true)
  expect(done(bootstrap)).toHaveLength(2)
})

test('a server that was added half-way is cleared alone, and added again', async () => {
  const { node, world, done } = fakeNode(clusterOf(fiveServers))
  let refused = false
  world.before = (statement) => {
    if (!/ADD SERVER '10.0.0.4/.test(statement) || refused) return
    refused = true
    throw new SqlError(4179, asIs('add non-empty server not allowed'), '10.0.0.1')
  }
  await bootstrapOb(node)
  expect(done(/^stop observer@/)).toEqual(['stop observer@10.0.0.4'])
  expect(world.listed).toContain('10.0.0.4')
})

test('directories of someone else are left alone, and no observer is stopped', async () => {
  const { node, done } = fakeNode(clusterOf(['10.0.0.1']), { dirty: true, directories: 'foreign' })
  await expect(bootstrapOb(node, noPatience)).rejects.toThrow(
    'this was not made by this task and is left alone: /data/1/terran/clog',
  )
  expect(done(/^(stop|empty) observer/)).toEqual([])
})

test('leftovers on another server, which answer 4005, are cleared too', async () => {
  const { node, world, done } = fakeNode(clusterOf(fiveServers))
  let refused = false
  world.before = (statement) => {
    if (!bootstrap.test(statement) || refused) return
    refused = true
    throw new SqlError(4005, asIs('The object is initialized twice'), '10.0.0.1')
  }
  await bootstrapOb(node, noPatience)
  expect(world.bootstrapped).toBe(true)
  expect(done(/^empty observer directories@/)).toHaveLength(5)
})

test('a live cluster that refuses BOOTSTRAP with 4015 is found done, and never emptied', async () => {
  const { node, world, done } = fakeNode(clusterOf(fiveServers))
  world.before = (statement) => {
    if (!bootstrap.test(statement)) return
    world.bootstrapped = true
    world.listed = ['10.0.0.1', '10.0.0.3', '10.0.0.5']
    throw new SqlError(4015, asIs('System error'), '10.0.0.1')
  }
  await bootstrapOb(node)
  expect(done(emptied)).toEqual([])
  expect(world.note).toBe('done')
})

test('a server that is live in another cluster is named, and not emptied', async () => {
  const { node, done } = fakeNode(clusterOf(['10.0.0.1']), {
    bootstrapped: true,
    listed: ['10.9.9.9'],
  })
  await expect(bootstrapOb(node)).rejects.toThrow('10.0.0.1 is in another cluster, of 10.9.9.9')
  expect(done(/^(stop|empty) observer|BOOTSTRAP ZONE/)).toEqual([])
})

test('a cluster that is starting again and knows no table is waited for once its BOOTSTRAP was done', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1']), {
    bootstrapped: true,
    listed: ['10.0.0.1'],
    note: 'done',
    starting: new Set(['10.0.0.1']),
  })
  world.before = (statement) => {
    if (/__all_core_table/.test(statement)) throw new SqlError(1146, asIs('no table'), '10.0.0.1')
  }
  await expect(bootstrapOb(node, noPatience)).rejects.toThrow(
    'no root server answers: observer 10.0.0.1 has not refreshed its schema yet',
  )
  expect(done(/^(stop|empty) observer|BOOTSTRAP ZONE/)).toEqual([])
})

test('what the log says was done is not emptied although no server proves it', async () => {
  const { node, done } = fakeNode(clusterOf(['10.0.0.1']), { note: 'ended said-done' })
  await expect(bootstrapOb(node, noPatience)).rejects.toThrow('says that BOOTSTRAP was done')
  expect(done(/^(stop|empty) observer|BOOTSTRAP ZONE/)).toEqual([])
})

test('a BOOTSTRAP whose RPC failed is tried once more, then fails with what rootservice.log says and with advice', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1', '10.0.0.2']), {
    observerLog: 'rootservice.log:\nWARN [BOOTSTRAP] 10.0.0.2:2882 is not reachable(ret=-4122)',
  })
  world.before = (statement) => {
    if (bootstrap.test(statement)) throw rpcFailed()
  }
  const failure = await bootstrapOb(node, noPatience).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(DefiniteError)
  expect(failure instanceof DefiniteError && failure.kept).toMatchObject({
    code: 'OBE10002',
    message: expect.stringContaining('10.0.0.2:2882 is not reachable(ret=-4122)'),
    advice: expect.stringContaining('RPC port'),
  })
  expect(done(bootstrap)).toHaveLength(2)
  expect(done(/^read observer.log@/)).toEqual(['read observer.log@10.0.0.1'])
  expect(world.note).toBe('refused')
})

test('a BOOTSTRAP that goes on behind its 4012 is waited for', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1']))
  let probes = 0
  world.before = (statement) => {
    if (bootstrap.test(statement)) throw rpcFailed()
    if (/__all_core_table/.test(statement) && ++probes === 4) world.bootstrapped = true
  }
  await bootstrapOb(node)
  expect(done(bootstrap)).toHaveLength(1)
  expect(done(emptied)).toEqual([])
})

test('an ADD SERVER whose RPC failed is tried once more, then fails with the words of the leader', async () => {
  const { node, world, done } = fakeNode(clusterOf(['10.0.0.1 10.0.0.2']), {
    observerLog: 'rootservice.log:\nWARN [RS] add server failed(ret=-4122)',
  })
  world.before = (statement) => {
    if (/ADD SERVER/.test(statement)) throw rpcFailed()
  }
  await expect(bootstrapOb(node, noPatience)).rejects.toThrow('add server failed(ret=-4122)')
  expect(done(/ADD SERVER/)).toHaveLength(2)
  expect(done(/^read observer.log@/)).toContain('read observer.log@10.0.0.1')
})

test('an observer that died while it started fails at once with its log, not after the whole timeout', async () => {
  const { node } = fakeNode(clusterOf(['10.0.0.1']), {
    dead: new Set(['10.0.0.1']),
    observerLog: 'ERROR no space left on device(ret=-4184)',
  })
  const failure = await bootstrapOb(node).catch((error: unknown) => error)
  expect(failure instanceof DefiniteError && failure.kept).toMatchObject({
    code: 'OBE19006',
    host: '10.0.0.1',
    message: expect.stringContaining('no space left on device'),
    advice: expect.stringContaining('disk'),
  })
})

test('taking it back stops and clears what this task made, and leaves what others made', async () => {
  const own = fakeNode(clusterOf(['10.0.0.1']))
  await clearObservers(own.node)
  expect(own.done(/^(stop observer|clear observer files)@/)).toHaveLength(2)
  const foreign = fakeNode(clusterOf(['10.0.0.1']), { directories: 'foreign' })
  await clearObservers(foreign.node)
  expect(foreign.done(/^(stop|clear) observer/)).toEqual([])
})
