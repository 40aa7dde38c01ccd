import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres } from '../../lab/chaos/postgres.ts'
import { claimPort } from '../../lab/ports/claim.ts'
import { startTemporalServer } from '../../src/embedded/temporalServer.ts'
import { type KeyedTemporal, startKeyedTemporal } from '../support/keyedTemporal.ts'
import { type Program, startProgram } from '../support/program.ts'

const certificates = join(import.meta.dirname, '../../deploy/mtls/certificates.sh')
const secret = (): string => randomBytes(12).toString('base64url')

describe('a Temporal that asks for an API key', { timeout: 120_000 }, () => {
  const apiKey = secret()
  const stack = new AsyncDisposableStack()
  let env: Readonly<Record<string, string>>
  let keyed: KeyedTemporal
  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'obflow-key-'))
    stack.defer(() => rm(dir, { recursive: true, force: true }))
    // PostgreSQL, another user, has its folder in it.
    await chmod(dir, 0o711)
    const postgres = await startPostgres(join(dir, 'postgres'))
    stack.defer(() => postgres.close())
    const temporal = await startTemporalServer({})
    stack.defer(() => temporal.close())
    await promisify(execFile)('sh', [certificates, join(dir, 'certs')])
    const [cert, key] = await Promise.all(
      ['server.pem', 'server.key'].map((name) => readFile(join(dir, 'certs', name))),
    )
    if (!cert || !key) throw new Error('two files were asked for')
    keyed = await startKeyedTemporal({ upstream: temporal.address, apiKey, cert, key })
    stack.defer(() => keyed.close())
    env = {
      OBFLOW_DATA_DIR: join(dir, 'data'),
      OBFLOW_ADMIN_PASSWORD: secret(),
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: `localhost:${keyed.port}`,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(dir, 'certs/ca.pem'),
    }
  })
  afterAll(() => stack.disposeAsync())

  const start = (program: string, more: Readonly<Record<string, string>>): Program => {
    const started = startProgram(program, { ...env, ...more })
    stack.defer(() => started.close())
    return started
  }
  const startApi = async (more: Readonly<Record<string, string>>) => {
    const listen = `127.0.0.1:${await claimPort()}`
    const program = start('src/server.ts', { ...more, OBFLOW_LISTEN: listen })
    /** What /readyz says as soon as the API serves and that is so. */
    const readyz = async (isSo: (text: string) => boolean): Promise<string> => {
      for (;;) {
        if (!program.running) throw new Error(`the API ended: ${program.said}`)
        const text = await fetch(`http://${listen}/readyz`).then(
          (reply) => reply.text(),
          () => '',
        )
        if (isSo(text)) return text
        await pause(100)
      }
    }
    return { program, readyz }
  }

  it('lets API and worker in with TEMPORAL_API_KEY, for every call they make, and neither tells it', async () => {
    const { program, readyz } = await startApi({ TEMPORAL_API_KEY: apiKey })
    const worker = start('src/worker.ts', { TEMPORAL_API_KEY: apiKey })
    await readyz((text) => /"workers":"okay"/.test(text))
    expect([...keyed.admitted]).toEqual(
      expect.arrayContaining([
        'DescribeTaskQueue',
        'PollWorkflowTaskQueue',
        'PollActivityTaskQueue',
      ]),
    )
    expect([...keyed.refused]).toEqual([])
    expect([await program.stop(), await worker.stop()]).toEqual([0, 0])
    expect(program.said + worker.said).not.toContain(apiKey)
  })

  it('is away for an API with another key, and a worker with it ends with the reason', async () => {
    const { readyz } = await startApi({ TEMPORAL_API_KEY: `${apiKey}x` })
    expect(await readyz((text) => text !== '')).toContain('"temporal":"away"')
    const worker = start('src/worker.ts', { TEMPORAL_API_KEY: `${apiKey}x` })
    expect(await worker.ended).not.toBe(0)
    expect(worker.said).toMatch(/unauthor|unauthent/i)
    expect(worker.said).not.toContain(apiKey)
  })
})
