import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { clusterNodes, hostNodes, partNodes } from '../../src/activities/index.ts'
import { readConfig } from '../../src/config.ts'
import { startEmbedded } from '../../src/embedded/index.ts'
import { openConfiguredStore } from '../../src/store/index.ts'
import { addHosts, packageNamed, sampleRpm } from '../../test/store/inventory.ts'
import { takeForPrepared } from '../kit/prepared.ts'

// `obflow serve` as a child of bounds.ts, with nodes that do nothing on hosts: all that is left is
// what obflow itself keeps of a task.

const given = z
  .object({
    dir: z.string(),
    port: z.number(),
    temporalPort: z.number(),
    temporalUiPort: z.number(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''))
const password = randomBytes(12).toString('base64url')
const config = readConfig({
  ...process.env,
  OBFLOW_DATA_DIR: given.dir,
  OBFLOW_LISTEN: `127.0.0.1:${given.port}`,
  OBFLOW_ADMIN_PASSWORD: password,
  OBFLOW_RATE_LIMIT: '0',
})
mkdirSync(config.packagesDir, { recursive: true, mode: 0o700 })
const content = randomBytes(1024)
const path = join(config.packagesDir, sampleRpm)
writeFileSync(path, content)
const store = await openConfiguredStore(config)
const [hostId] = await addHosts(store, 1)
await takeForPrepared(store)
await store.packages.create({
  ...packageNamed(sampleRpm),
  path,
  size: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
})

/** What these write is the store's alone, and it belongs to what a task costs. */
const kept = new Set(['prepareInstallCluster', 'updateClusterStatus'])
const idle = new Set(
  [clusterNodes, hostNodes, partNodes].flatMap(Object.keys).filter((name) => !kept.has(name)),
)
const obflow = await startEmbedded(config, {
  store,
  temporalPort: given.temporalPort,
  temporalUiPort: given.temporalUiPort,
  interceptors: [
    (context) => ({
      inbound: {
        execute: async (input, next) =>
          idle.has(context.info.activityType) ? undefined : next(input),
      },
    }),
  ],
})
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    void obflow
      .close()
      .then(() => store.close())
      .then(() => process.exit(0))
  })
process.send?.({ url: obflow.url, password, hostId, temporalPid: obflow.temporalPid() })
