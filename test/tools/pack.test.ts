import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import packageFile from '../../package.json' with { type: 'json' }
import { bundle } from '../support/bundle.ts'

const call = promisify(execFile)
const repository = resolve(import.meta.dirname, '../..')
const maxBuffer = 2 ** 26

let dir: string
let files: string[]
/** As `npm install` would have it: below node_modules, what it depends on beside it. */
let installed: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'obflow-npm-'))
  const env = { ...process.env, OBFLOW_WORKFLOW_BUNDLE: bundle().codePath }
  const { stdout } = await call(process.execPath, ['tools/pack.ts', dir], { cwd: repository, env })
  const tar = stdout.trim()
  files = (await call('tar', ['-tzf', tar], { maxBuffer })).stdout
    .split('\n')
    .filter(Boolean)
    .map((path) => path.replace(/^package\//, ''))
  installed = join(dir, 'node_modules/obflow')
  await mkdir(installed, { recursive: true })
  await call('tar', ['-xzf', tar, '--strip-components=1', '-C', installed])
  const modules = join(repository, 'node_modules')
  for (const name of await readdir(modules))
    if (!name.startsWith('.')) await symlink(join(modules, name), join(dir, 'node_modules', name))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const obflow = (...words: string[]) =>
  call(process.execPath, [join(installed, 'bin/obflow.js'), ...words], { cwd: dir, maxBuffer })

test('the npm tarball has the product and nothing of what it is tested with', () => {
  const tops = new Set(files.map((path) => path.split('/')[0]))
  expect([...tops].sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'bin',
    'console',
    'docs',
    'package.json',
    'src',
    'workflows.js',
  ])
  expect(
    files.filter((path) => /\.ts$|test|lab\//.test(path.replace(/^console\/dist\//, ''))),
  ).toEqual([])
  for (const path of ['src/server.js', 'src/worker.js', 'src/host/remote.sh'])
    expect(files).toContain(path)
})

test('it declares what it needs at run time, and can be published', async () => {
  const published = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  expect(published).toMatchObject({
    name: 'obflow',
    version: packageFile.version,
    bin: { obflow: 'bin/obflow.js' },
    dependencies: packageFile.dependencies,
  })
  expect(published).not.toHaveProperty('private')
  expect(published).not.toHaveProperty('devDependencies')
})

test('its command runs below node_modules, where Node strips no types', async () => {
  expect((await obflow('--version')).stdout).toContain(packageFile.version)
  const schema = await readFile(join(repository, 'docs/topology.schema.json'), 'utf8')
  expect((await obflow('schema')).stdout).toBe(schema)
})

test('its API and worker are whole: they start as far as a setting that nothing knows', async () => {
  for (const program of ['server', 'worker']) {
    const failed = await call(process.execPath, [join(installed, `src/${program}.js`)], {
      cwd: dir,
      env: { ...process.env, OBFLOW_NOTHING: 'x' },
    }).catch((error: unknown) => error)
    expect(String(failed)).toContain('wrong configuration: OBFLOW_NOTHING is not a setting')
  }
})
