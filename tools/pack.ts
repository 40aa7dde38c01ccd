import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import packageFile from '../package.json' with { type: 'json' }

/**
 * `node tools/pack.ts FOLDER`: the npm tarball, of `npm pack`. Node strips no types below
 * node_modules, so the sources are in it as JavaScript; the workflows are bundled. Prints its path.
 * Source: https://nodejs.org/api/typescript.html, "Type stripping in dependencies".
 */

const root = resolve(import.meta.dirname, '..')
const target = resolve(process.argv[2] ?? join(root, '.data'))
const call = promisify(execFile)
const maxBuffer = 2 ** 28

const documents = ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/operators.md']

const launcher = `#!/usr/bin/env node
import { fileURLToPath } from 'node:url'

process.env.OBFLOW_WORKFLOW_BUNDLE ??= fileURLToPath(new URL('../workflows.js', import.meta.url))
await import('../src/cli.js')
`

/** Names of other sources, in imports and where a program is started. */
const asJavaScript = (source: string): string =>
  stripTypeScriptTypes(source).replaceAll(/'([\w./-]+)\.ts'/g, "'$1.js'")

async function convert(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const copy = join(to, path.slice(from.length + 1))
    await mkdir(dirname(copy), { recursive: true })
    if (!path.endsWith('.ts')) await copyFile(path, copy)
    else await writeFile(copy.replace(/\.ts$/, '.js'), asJavaScript(await readFile(path, 'utf8')))
  }
}

async function workflows(): Promise<string> {
  const made = process.env.OBFLOW_WORKFLOW_BUNDLE
  if (made) return readFile(made, 'utf8')
  const words = ['src/worker/bundleProcess.ts']
  return (await call(process.execPath, words, { cwd: root, maxBuffer })).stdout
}

const dir = await mkdtemp(join(tmpdir(), 'obflow-pack-'))
try {
  const { name, version, description, license, type, bin, engines, dependencies } = packageFile
  const published = { name, version, description, license, type, bin, engines, dependencies }
  await writeFile(join(dir, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`)
  for (const path of documents) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await copyFile(join(root, path), join(dir, path))
  }
  await convert(join(root, 'src'), join(dir, 'src'))
  await cp(join(root, 'console/dist'), join(dir, 'console/dist'), { recursive: true })
  await writeFile(join(dir, 'workflows.js'), await workflows())
  await mkdir(join(dir, 'bin'))
  await writeFile(join(dir, 'bin/obflow.js'), launcher, { mode: 0o755 })
  await mkdir(target, { recursive: true })
  const words = ['pack', '--silent', '--pack-destination', target]
  const { stdout } = await call('npm', words, { cwd: dir, maxBuffer })
  process.stdout.write(`${join(target, basename(stdout.trim()))}\n`)
} finally {
  await rm(dir, { recursive: true, force: true })
}
