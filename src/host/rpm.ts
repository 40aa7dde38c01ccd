import { readFileSync } from 'node:fs'
import { DefiniteError, TransientError } from '../errors/failure.ts'
import { say } from '../errors/say.ts'
import { Quoted, sh } from '../quote.ts'
import type { Host, Output, Upload } from './host.ts'
import { ledger, stateDirectory } from './ledger.ts'
import { rpmCause } from './rpmCause.ts'
import { isThereWhole } from './upload.ts'

/** A package file of this machine, as the store describes it. */
export interface RpmFile {
  readonly fileName: string
  readonly path: string
  readonly sha256: string
  readonly size: number
  readonly name: string
  readonly version: string
  readonly release: string
  readonly architecture: string
}

/** What to install, for whom, and what proves that it is there. */
export interface RpmWish {
  readonly taskId: number
  readonly file: RpmFile
  /**
   * Where a relocatable package goes; with `fixed`, the home that its own files have. Without one
   * it stays where it was built for and nothing of it is given to anybody.
   */
  readonly prefix?: string
  /**
   * It stays where its package puts it: not all of a package moves with its prefix (units,
   * scripts).
   */
  readonly fixed?: boolean
  /** A file below the prefix that the package has to bring, absolute. */
  readonly brings?: string
  /** Directories below the prefix that the program fills by itself: they go with the package. */
  readonly fills?: readonly string[]
  /** Owner of what the package brings below the prefix. */
  readonly owner: string
}

const states = ['absent', 'installed', 'damaged', 'unowned', 'other', 'elsewhere'] as const

interface Look {
  readonly state: (typeof states)[number]
  readonly detail: string
  /** Whether the package's file is on the host, whole. */
  readonly fileThere: boolean
}

/** name-version-release.architecture, as rpm calls an installed package. */
export const nameOf = ({
  name,
  version,
  release,
  architecture,
}: Pick<RpmFile, 'name' | 'version' | 'release' | 'architecture'>): string =>
  `${name}-${version}-${release}.${architecture}`

const functions = new Quoted(readFileSync(new URL('rpm.sh', import.meta.url), 'utf8'), '')

const fileOnHost = ({ file }: RpmWish): string => `${stateDirectory}/packages/${nameOf(file)}.rpm`

const fileOf = (wish: RpmWish): Upload => {
  const { path, sha256, size } = wish.file
  return { from: path, to: fileOnHost(wish), sha256, sizeBytes: size }
}

const script = (wish: RpmWish, act: Quoted): Quoted => sh`${ledger(wish.taskId)}
nvra=${nameOf(wish.file)} name=${wish.file.name} brings=${wish.brings ?? ''} fixed=${wish.fixed === true ? 'yes' : ''}
prefix=${wish.prefix ?? ''} owner=${wish.owner} file=${fileOnHost(wish)} fills=(${wish.fills ?? []})
${functions}
${act}`

const failed = (output: Output, host: Host): DefiniteError | TransientError => {
  const cause = rpmCause(output, host.ip)
  return cause
    ? new DefiniteError(cause)
    : new TransientError(
        say`rpm on host ${host.ip} was ended, or has to wait for another one (exit code ${output.code})`,
      )
}

/** What `look` said, on the first line of its answer. */
const readLook = (output: Output, host: Host): Look => {
  const [said = '', ...more] = output.stdout.trim().split('\n')
  const [word, ...detail] = said.split(' ')
  const state = states.find((known) => known === word)
  if (output.code !== 0 || !state) throw failed(output, host)
  return { state, detail: detail.join(' '), fileThere: more.includes('file') }
}

const look = async (host: Host, wish: RpmWish): Promise<Look> => {
  const { to, sizeBytes, sha256 } = fileOf(wish)
  const act = sh`look
if ${isThereWhole({ to, sizeBytes, sha256 })}; then echo file; fi`
  const title = `look for ${nameOf(wish.file)}`
  return readLook(await host.run(script(wish, act), { title }), host)
}

/** What is there and must not be touched. */
const refuseForeign = ({ state, detail }: Look, { file, brings }: RpmWish, { ip }: Host): void => {
  if (state === 'other') {
    throw new DefiniteError({
      code: 'PKG10012',
      message: say`${detail} is installed on ${ip}, ${nameOf(file)} is wanted`,
      advice: say`run rpm -e ${detail} there once nothing uses it, or use that package`,
      host: ip,
    })
  }
  if (state === 'elsewhere') {
    throw new DefiniteError({
      code: 'PKG10012',
      message: detail
        ? say`${nameOf(file)} is installed on ${ip} without ${brings}; it has ${detail}`
        : say`${nameOf(file)} is installed on ${ip} without ${brings}`,
      advice: say`remove it there with rpm -e once nothing uses it, or give the path it is installed to`,
      host: ip,
    })
  }
}

/**
 * Installs a package if it is not there whole: sends the file once, installs it, and looks again,
 * in one session with the host. What an interrupted run left is overwritten. Throws DefiniteError
 * when another version is there, when it lies elsewhere, or with the cause that rpm gives.
 */
export async function installPackage(
  host: Host,
  wish: RpmWish,
  progress: NonNullable<Upload['progress']>,
): Promise<'installed' | 'unchanged'> {
  const before = await look(host, wish)
  if (before.state === 'installed') return 'unchanged'
  refuseForeign(before, wish, host)
  const after = await (before.state === 'unowned'
    ? give(host, wish)
    : putIn(host, wish, { progress, there: before.fileThere }))
  if (after.state === 'installed') return 'installed'
  refuseForeign(after, wish, host)
  throw new DefiniteError({
    code: 'TSK10005',
    message: say`${nameOf(wish.file)} is ${after.state} on ${host.ip} after rpm installed it: ${after.detail}`,
    advice: say`look at the disk of the host, then retry`,
    host: host.ip,
  })
}

/** rpm checks every digest as it writes: the look behind it needs none. */
const lookAgain = sh`look --nofiledigest`

async function putIn(
  host: Host,
  wish: RpmWish,
  how: Required<Pick<Upload, 'progress' | 'there'>>,
): Promise<Look> {
  const output = await host.upload({
    ...fileOf(wish),
    ...how,
    afterwards: {
      script: script(wish, sh`put_in\n${lookAgain}`),
      title: `rpm -i ${nameOf(wish.file)}`,
      timeoutMs: 1_800_000,
    },
  })
  return readLook(output, host)
}

/** What was installed by an attempt that was cut off before the files had their owner. */
async function give(host: Host, wish: RpmWish): Promise<Look> {
  const output = await host.run(script(wish, sh`own_files | give\n${lookAgain}`), {
    title: `give ${nameOf(wish.file)} to ${wish.owner}`,
  })
  return readLook(output, host)
}

/** What an installed package consists of, as absolute paths; nothing when it is not installed. */
export async function packageFiles(
  host: Host,
  file: Pick<RpmFile, 'name' | 'version' | 'release' | 'architecture'>,
): Promise<readonly string[]> {
  const said = await host.must(sh`rpm -ql ${nameOf(file)} 2>/dev/null || true`, {
    title: `list ${nameOf(file)}`,
  })
  return said.split('\n').filter((line) => line.startsWith('/'))
}

/** Installs packages that belong together, in this order: each after those that it needs. */
export async function installPackages(
  host: Host,
  wishes: readonly RpmWish[],
  progress: (sent: number, wish: RpmWish) => void,
): Promise<'installed' | 'unchanged'> {
  let outcome: 'installed' | 'unchanged' = 'unchanged'
  for (const wish of wishes)
    if ((await installPackage(host, wish, (sent) => progress(sent, wish))) === 'installed')
      outcome = 'installed'
  return outcome
}

/** Removes the package if this task installed it. Throws DefiniteError when rpm refuses. */
export const removePackage = (host: Host, wish: RpmWish): Promise<'removed' | 'unchanged'> =>
  removePackages(host, [wish])

/** The same of packages that belong together, the last that was installed first. */
export async function removePackages(
  host: Host,
  wishes: readonly RpmWish[],
): Promise<'removed' | 'unchanged'> {
  let outcome: 'removed' | 'unchanged' = 'unchanged'
  for (const wish of wishes.toReversed()) {
    const act =
      wish === wishes[0]
        ? sh`take_out
settle`
        : sh`take_out`
    const output = await host.run(script(wish, act), { title: `rpm -e ${nameOf(wish.file)}` })
    if (output.code !== 0) throw failed(output, host)
    if (output.stdout.includes('removed')) outcome = 'removed'
  }
  return outcome
}
