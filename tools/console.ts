import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * `build`: the console's files in console/dist. `types`: the types of its client, from the API's own
 * document. Both cost nothing when what they are made from is unchanged.
 */

const root = join(import.meta.dirname, '..')
const folder = join(root, 'console')
const stamps = join(folder, 'node_modules/.obflow')
const run = promisify(execFile)

async function hashOf(patterns: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of globSync([...patterns], { cwd: root }).sort()) {
    hash.update(`${file}\0`)
    if (!file.endsWith('/')) hash.update(await readFile(join(root, file)))
  }
  return hash.digest('hex')
}

interface Step {
  readonly name: string
  readonly from: readonly string[]
  readonly makes: string
  make(): Promise<unknown>
}

async function once({ name, from, makes, make }: Step): Promise<void> {
  const wanted = await hashOf(from)
  const stamp = join(stamps, name)
  const had = await readFile(stamp, 'utf8').catch(() => '')
  if (had === wanted && existsSync(join(folder, makes))) return
  await make()
  await mkdir(stamps, { recursive: true })
  await writeFile(stamp, wanted)
}

const npm = (...args: string[]) => run('npm', args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 })

const packages: Step = {
  name: 'packages',
  from: ['console/package.json', 'console/package-lock.json'],
  makes: 'node_modules/vite',
  make: () => {
    process.stderr.write("installing the console's npm packages\n")
    return npm('ci', '--no-fund', '--no-audit', '--loglevel=error')
  },
}

const build: Step = {
  name: 'build',
  from: [
    'console/*.{json,html,ts}',
    'console/public/*',
    'console/src/**/!(schema.d).{ts,tsx,css}',
    'src/{view,topology}/*.ts',
    'src/nearest.ts',
  ],
  makes: 'dist/index.html',
  make: () => {
    process.stderr.write('building the console\n')
    return npm('run', 'build', '--silent')
  },
}

const types: Step = {
  name: 'types',
  from: ['src/**/*.ts', 'package.json', 'tools/openapi.ts', 'console/package-lock.json'],
  makes: 'src/api/schema.d.ts',
  make: async () => {
    const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 }
    const { stdout } = await run(process.execPath, ['tools/openapi.ts'], options)
    await writeFile(join(folder, 'openapi.json'), stdout)
    await npm('run', 'types', '--silent')
  },
}

const steps: Readonly<Record<string, readonly Step[]>> = {
  build: [packages, build],
  types: [packages, types],
}
for (const step of steps[process.argv[2] ?? ''] ?? []) await once(step)
