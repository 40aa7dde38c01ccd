import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative } from 'node:path'
import { underLock } from '../hosts/lock.ts'
import { places } from '../hosts/machine.ts'
import { run } from '../hosts/run.ts'
import { catalog } from './catalog.ts'
import { makeStore } from './kernelStore.ts'
import { fileNameOf, type LabPackage } from './labPackage.ts'
import { rootOf, specOf } from './spec.ts'
import { filesOf, kernelFiles, stage, stripTypes } from './stage.ts'

export interface BuiltPackage {
  readonly name: string
  readonly version: string
  /** The rpm file. */
  readonly path: string
  /** False when an earlier build of the same inputs was there. */
  readonly fresh: boolean
}

const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64'

/**
 * Builds, into `.tools/rpms`, those packages of the catalog whose inputs changed since they were
 * built. Needs rpmbuild.
 */
export async function buildPackages(
  chosen: readonly LabPackage[] = catalog.filter(({ onDemand }) => !onDemand),
): Promise<BuiltPackage[]> {
  mkdirSync(places.rpms, { recursive: true })
  return underLock(join(places.rpms, '.lock'), async () => {
    for (const left of globSync('.build-*', { cwd: places.rpms }))
      rmSync(join(places.rpms, left), { recursive: true })
    await makeStore()
    return Promise.all(chosen.map(buildPackage))
  })
}

async function buildPackage(item: LabPackage): Promise<BuiltPackage> {
  const path = join(places.rpms, fileNameOf(item, arch))
  const stamp = `${path}.inputs`
  const inputs = inputsOf(item)
  const built = { name: item.name, version: item.version, path }
  if (existsSync(path) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs)
    return { ...built, fresh: false }
  // Beside the result, so that the kernel can be linked in and the finished file moved out.
  const work = mkdtempSync(join(places.rpms, '.build-'))
  try {
    const buildRoot = join(work, 'root')
    for (const content of item.contents) stage(content, join(buildRoot, rootOf(item)))
    for (const content of item.fixed ?? []) stage(content, buildRoot)
    await run([process.execPath, '--disable-warning=ExperimentalWarning', stripTypes, buildRoot])
    const spec = join(work, 'package.spec')
    writeFileSync(spec, specOf(item))
    const defines = [
      `_topdir ${work}`,
      `_rpmdir ${work}`,
      `_dbpath ${join(work, 'db')}`,
      '_build_name_fmt result.rpm',
      `_tmppath ${work}`,
    ]
    await run([
      'rpmbuild',
      '-bb',
      '--quiet',
      '--noclean',
      '--target',
      arch,
      '--buildroot',
      buildRoot,
      ...defines.flatMap((define) => ['--define', define]),
      spec,
    ])
    renameSync(join(work, 'result.rpm'), path)
    writeFileSync(stamp, inputs)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return { ...built, fresh: true }
}

/**
 * A hash of all that goes into a package; of the kernel, which is large and pinned, the sizes and
 * times.
 */
function inputsOf(item: LabPackage): string {
  const hash = createHash('sha256').update(specOf(item)).update(JSON.stringify(item))
  const contents = [...item.contents, ...(item.fixed ?? [])]
  for (const file of contents.flatMap(filesOf))
    hash.update(relative(places.repository, file)).update(readFileSync(file))
  for (const file of contents.some(({ kind }) => kind === 'kernel') ? kernelFiles() : []) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${basename(file)} ${size} ${mtimeMs}`)
  }
  return hash.digest('hex')
}
