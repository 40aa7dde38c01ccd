import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Connection, type TLSConfig } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { expectCluster } from '../lab/expectCluster.ts'
import { causes } from '../lab/scene.ts'
import { type GrownScene, startGrownScene } from './scene.ts'

const deploy = join(import.meta.dirname, '../../deploy/mtls')
const password = 'Aa11--sentry'
const cluster = z.object({ status: z.string() })

describe('with deploy/mtls/compose.yml over docker-compose.yml', () => {
  let grown: GrownScene
  /** Temporal's certificate is for its service's name; the test knows its address alone. */
  let trusting: TLSConfig
  beforeAll(async () => {
    grown = await startGrownScene(1, async ({ dir }) => {
      const certificates = join(dir, 'certs')
      await promisify(execFile)('sh', [join(deploy, 'certificates.sh'), certificates])
      const read = (name: string): Buffer => readFileSync(join(certificates, name))
      trusting = { serverNameOverride: 'temporal', serverRootCACertificate: read('ca.pem') }
      return {
        files: [join(deploy, 'compose.yml')],
        env: { TEMPORAL_CERTS: certificates },
        tls: { ...trusting, clientCertPair: { crt: read('client.pem'), key: read('client.key') } },
      }
    })
  })
  afterAll(() => grown?.scene[Symbol.asyncDispose]())

  it('a create runs through Temporal with the certificates that deploy/mtls/certificates.sh makes', async () => {
    const { scene } = grown
    const zones = [{ name: 'zone1', hosts: [0] }]
    const { id, clusterId } = await scene.create({
      name: 'protoss',
      password,
      version: '4.2.1.8',
      zones,
    })
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect((await scene.api.get(`/api/v2/ob/clusters/${clusterId}`, cluster)).data.status).toBe(
      'RUNNING',
    )
    await expectCluster({
      name: 'protoss',
      password,
      version: '4.2.1.8',
      hosts: scene.lab.hosts,
      primaryZone: 'RANDOM',
    })
  })

  it('a client without a certificate is refused, with TLS and without', async () => {
    const address = `${grown.project.container('temporal').ip}:7233`
    const refused = [trusting, false].map((tls) =>
      Connection.connect({ address, tls, connectTimeout: '10s' }),
    )
    for (const { status } of await Promise.allSettled(refused)) expect(status).toBe('rejected')
  })

  /** Beside the container's own program, which has the port of its metrics. */
  const forgotten =
    'env -u TEMPORAL_TLS_CLIENT_CERT_PATH -u TEMPORAL_TLS_CLIENT_KEY_PATH -u OBFLOW_METRICS_LISTEN'

  it('a worker whose certificate was forgotten ends with the reason', async () => {
    const { code, stderr } = await grown.project
      .container('worker')
      .exec([...forgotten.split(' '), 'node', 'src/worker.ts'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/certificate|tls|transport/i)
  })

  it('an API whose certificate was forgotten serves, and is not ready', async () => {
    const ask =
      "fetch('http://127.0.0.1:8081/readyz').then((reply) => reply.text()).then(console.log)"
    const script = `${forgotten} OBFLOW_LISTEN=127.0.0.1:8081 node src/server.ts 2>/dev/null & until node -e "${ask}" 2>/dev/null; do kill -0 $! || exit 1; done; kill $!`
    const { stdout } = await grown.project.container('api').exec(['sh', '-c', script])
    expect(JSON.parse(stdout)).toMatchObject({ store: 'okay', temporal: 'away' })
  })
})
