import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startService, untilReached } from '../../lab/chaos/service.ts'
import { UnreachableError } from '../../src/cli/client.ts'

test('whoever waits for an API is told that a service of it has ended by itself, and why', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'obflow-service-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const service = startService({
    program: 'src/server.ts',
    env: { OBFLOW_DATA_DIR: dir, OBFLOW_LISTEN: 'here' },
    log: join(dir, 'log'),
  })
  onTestFinished(() => service.close())
  const unreachable = () => Promise.reject(new UnreachableError('refused'))
  await expect(untilReached(unreachable, [service])).rejects.toThrow(
    /src\/server\.ts ended with 1: .*OBFLOW_LISTEN/s,
  )
})
