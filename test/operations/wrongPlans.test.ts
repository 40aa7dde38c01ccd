import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Lines that are right, as what the wrong ones are compared with. */
const right = [
  "clusterPlan('Any', [once('Bootstrap ob', 'bootstrapOb', { timeout: '1h' })])",
  "clusterPlan('Any', [perHost('Install rpm', 'installRpm', { timeout: '1h', undo: 'removeRpm' })])",
  "clusterPlan('Any', [zoneByZone(once('Start zone', 'startZone', { timeout: '1h' }))])",
  "hostPlan('Any', [once('Install ocp agent', 'installOcpAgent', { timeout: '1h' })])",
  "named('restartCluster')",
  'secrets.get(secretOf.cluster(1).root)',
]

/** Each is wrong in one way. */
const wrong = {
  'a host node once': "clusterPlan('Any', [once('Install rpm', 'installRpm', { timeout: '1h' })])",
  'a cluster node per host':
    "clusterPlan('Any', [perHost('Bootstrap ob', 'bootstrapOb', { timeout: '1h' })])",
  'a cluster node once a zone':
    "clusterPlan('Any', [zoneByZone(once('Bootstrap ob', 'bootstrapOb', { timeout: '1h' }))])",
  'a node of a cluster on a host that has none':
    "hostPlan('Any', [once('Bootstrap ob', 'bootstrapOb', { timeout: '1h' })])",
  'a node of an obproxy in a cluster':
    "clusterPlan('Any', [perHost('Start obproxy process', 'startObproxy', { timeout: '1h' })])",
  'an undo of another kind':
    "clusterPlan('Any', [perHost('Install rpm', 'installRpm', { timeout: '1h', undo: 'clearObservers' })])",
  'a node that does not exist':
    "clusterPlan('Any', [once('Bootstrap ob', 'bootstrapOB', { timeout: '1h' })])",
  'a stage without a Chinese name':
    "clusterPlan('Any', [once('Bootstrap', 'bootstrapOb', { timeout: '1h' })])",
  'a timeout without a unit':
    "clusterPlan('Any', [once('Bootstrap ob', 'bootstrapOb', { timeout: '60' })])",
  'an unknown operation': "named('restartClustre')",
  'an unknown secret': 'secrets.get(secretOf.cluster(1).rot)',
  'a secret by a text of its own': "secrets.get('cluster/1/rot')",
}

const head = `import type { OperationName } from '../../src/operations/index.ts'
import { clusterPlan, hostPlan, once, perHost, zoneByZone } from '../../src/operations/plans.ts'
import { secretOf } from '../../src/secretOf.ts'
import type { Store } from '../../src/store/index.ts'
declare const secrets: Store['secrets']
declare const named: (name: OperationName) => void`

test('the compiler refuses every plan, name and secret that is none, and nothing else', async () => {
  await mkdir(join(root, '.data'), { recursive: true })
  const folder = await mkdtemp(join(root, '.data/compiled-'))
  try {
    const lines = [
      head,
      ...right.map((line) => `void ${line}`),
      ...Object.values(wrong).map((line) => `void ${line}`),
    ]
    await writeFile(join(folder, 'plans.ts'), `${lines.join('\n')}\n`)
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: true },
      include: [],
      files: ['plans.ts'],
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const compiler = join(root, 'node_modules/.bin/tsc')
    const stdout = await promisify(execFile)(compiler, ['-p', folder, '--pretty', 'false']).then(
      () => '',
      (error: unknown) =>
        error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error),
    )
    const first = head.split('\n').length + right.length + 1
    const found = new Set(
      [...stdout.matchAll(/plans\.ts\((\d+),\d+\): error/g)].map(([, line]) => Number(line)),
    )
    const accepted = Object.keys(wrong).filter((_, index) => !found.has(first + index))
    expect({ accepted, refused: [...found].filter((line) => line < first) }).toEqual({
      accepted: [],
      refused: [],
    })
    expect(stdout).not.toMatch(/^(?!.*plans\.ts).*error/m)
  } finally {
    await rm(folder, { recursive: true })
  }
}, 300_000)
