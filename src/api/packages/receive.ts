import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errorCodes } from 'fastify'
import { Refused } from '../../errors/refused.ts'
import { type Part, say } from '../../errors/say.ts'
import {
  agentIn,
  isProgram,
  objectionToVersion,
  obproxyIn,
  observerIn,
  roleOf,
} from '../../oceanbase/index.ts'
import type { Package, PackageType } from '../../store/index.ts'
import { silentMs } from '../http/openCalls.ts'
import { NotAnRpm, type RpmHeader, readRpm } from './rpm.ts'

/**
 * What a package is, by the name in its header; enterprise and community names. All of OceanBase's
 * are of one type: OCP has no other, and a create names the server's.
 */
const types: readonly { readonly name: RegExp; readonly type: PackageType }[] = [
  { name: /^(t-oceanbase-)?ocp-agent(-ce)?$|^obagent$/, type: 'OCP_AGENT_INSTALL_PACKAGE' },
  { name: /^obproxy(-ce)?$/, type: 'OBPROXY_INSTALL_PACKAGE' },
  { name: /^(t-oceanbase-|ob-?)?backup-agent$/, type: 'OB_BACKUP_AGENT_INSTALL_PACKAGE' },
]

/** Why a package of a type cannot be used, by the programs that it lists. */
const whatItLacks: Partial<
  Record<PackageType, (programs: readonly string[], header: RpmHeader) => string | undefined>
> = {
  OB_SERVER_INSTALL_PACKAGE: (programs, { name, prefixes }) =>
    roleOf(name) !== 'server' || observerIn(programs, prefixes)
      ? undefined
      : `it lists no bin/observer below ${prefixes.join(' or ') || 'any folder'}`,
  OCP_AGENT_INSTALL_PACKAGE: (programs) =>
    agentIn(programs) ? undefined : 'it lists no bin/ob_agentd and no bin/ocp_agentd',
  OBPROXY_INSTALL_PACKAGE: (programs) =>
    obproxyIn(programs) ? undefined : 'it lists no bin/obproxy',
}

interface Received extends Pick<Package, 'path' | 'sha1' | 'sha256' | 'size'> {}

/** What an upload is called until it is whole. */
const partial = '.part'

/** Uploads on which nothing moved for this long are dead: the server cuts a silent one sooner. */
const deadMs = 2 * silentMs

/**
 * Removes what is left of uploads that a killed process was taking; another API may share the
 * directory.
 */
export async function sweepUploads(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [])
  for (const name of names.filter((each) => each.endsWith(partial))) {
    const path = join(directory, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > deadMs) await rm(path, { force: true })
  }
}

/**
 * Streams an upload to a file of its own, with its digests computed on the way. Leaves no file
 * behind when the upload breaks off or is too large.
 */
export async function receive(
  directory: string,
  upload: Readable,
  maxBytes: number,
): Promise<Received> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, `${randomUUID()}.rpm`)
  const taken = `${path}${partial}`
  const sha1 = createHash('sha1')
  const sha256 = createHash('sha256')
  const file = createWriteStream(taken, { flags: 'wx', mode: 0o600, flush: true })
  let size = 0
  try {
    await pipeline(
      upload,
      async function* count(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          sha1.update(chunk)
          sha256.update(chunk)
          size += chunk.length
          if (size > maxBytes) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
          yield chunk
        }
      },
      file,
    )
    await rename(taken, path)
  } catch (error) {
    // It may only now be opened.
    if (!file.closed) await new Promise<void>((closed) => file.once('close', () => closed()))
    await rm(taken, { force: true })
    if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) throw error
    // What has an errno is this machine's trouble (no space left); the rest is an upload that broke
    // off.
    if (error instanceof Error && 'errno' in error) throw error
    throw brokeOff()
  }
  return { path, sha1: sha1.digest('hex'), sha256: sha256.digest('hex'), size }
}

/** The SHA-256 of an upload that is not kept. */
export async function digestOf(upload: Readable): Promise<string> {
  const sha256 = createHash('sha256')
  try {
    for await (const chunk of upload) sha256.update(chunk)
  } catch {
    throw brokeOff()
  }
  return sha256.digest('hex')
}

const brokeOff = (): Refused =>
  new Refused({ code: 'COM10003', args: [say`the upload broke off`], field: 'file' })

const notRpm = (fileName: string, reason: Part): Refused =>
  new Refused({
    code: 'COM10001',
    args: ['file', say`${fileName} is not a usable rpm: ${reason}`],
    field: 'file',
    rejected: fileName,
  })

async function headerOf(fileName: string, path: string): Promise<RpmHeader> {
  try {
    return await readRpm(path)
  } catch (error) {
    if (error instanceof NotAnRpm) throw notRpm(fileName, error.message)
    throw error
  }
}

/**
 * What the store keeps of a received file, or a refusal: it must be a whole rpm of a known type
 * under its own name.
 */
export async function describe(fileName: string, received: Received) {
  const header = await headerOf(fileName, received.path)
  const { name, version, release, architecture, requires, provides } = header
  const programs = header.files.filter(isProgram)
  const ownName = `${name}-${version}-${release}.${architecture}.rpm`
  // A renamed package cannot be found again on a host: rpm knows it by its own name.
  if (fileName !== ownName) throw notRpm(fileName, say`by its header it is ${ownName}`)
  const type: PackageType | undefined = roleOf(name)
    ? 'OB_SERVER_INSTALL_PACKAGE'
    : types.find((entry) => entry.name.test(name))?.type
  if (type === undefined)
    throw new Refused({
      code: 'PKG10013',
      args: [fileName, name],
      field: 'file',
      rejected: fileName,
    })
  const objection = roleOf(name) && objectionToVersion(version)
  if (objection !== undefined)
    throw new Refused({
      code: 'COM10001',
      args: ['file', objection],
      field: 'file',
      rejected: fileName,
    })
  const lacks = whatItLacks[type]?.(programs, header)
  if (lacks !== undefined) throw notRpm(fileName, lacks)
  const dot = release.lastIndexOf('.')
  const buildNumber = dot < 0 ? release : release.slice(0, dot)
  const operatingSystem = dot < 0 ? '' : release.slice(dot + 1)
  return {
    ...received,
    fileName,
    name,
    version,
    release,
    buildNumber,
    operatingSystem,
    architecture,
    requires: [...requires],
    provides: [...provides],
    programs,
    type,
  }
}
