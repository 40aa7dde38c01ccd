import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Refused } from '../../errors/refused.ts'
import type { Package, PackageType } from '../../store/index.ts'
import { NotAnRpm, type RpmHeader, readRpm } from './rpm.ts'

/** What a package is, by the name in its header; enterprise and community names. */
const types: readonly { readonly name: RegExp; readonly type: PackageType }[] = [
  { name: /^oceanbase(-ce)?$/, type: 'OB_SERVER_INSTALL_PACKAGE' },
  { name: /^(t-oceanbase-)?ocp-agent(-ce)?$|^obagent$/, type: 'OCP_AGENT_INSTALL_PACKAGE' },
  { name: /^obproxy(-ce)?$/, type: 'OBPROXY_INSTALL_PACKAGE' },
  { name: /^(t-oceanbase-|ob-?)?backup-agent$/, type: 'OB_BACKUP_AGENT_INSTALL_PACKAGE' },
]

interface Received extends Pick<Package, 'path' | 'sha1' | 'sha256' | 'size'> {}

/** Streams an upload to a file of its own, with its digests computed on the way. Leaves no file behind when the upload breaks off. */
export async function receive(directory: string, upload: Readable): Promise<Received> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, `${randomUUID()}.rpm`)
  const sha1 = createHash('sha1')
  const sha256 = createHash('sha256')
  let size = 0
  try {
    await pipeline(
      upload,
      async function* count(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          sha1.update(chunk)
          sha256.update(chunk)
          size += chunk.length
          yield chunk
        }
      },
      createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
    )
  } catch (error) {
    await rm(path, { force: true })
    // What has an errno is this machine's trouble (no space left); the rest is an upload that broke off.
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

const brokeOff = (): Refused => new Refused({ code: 'COM10003', args: ['the upload broke off'], field: 'file' })

const notRpm = (fileName: string, reason: string): Refused =>
  new Refused({
    code: 'COM10001',
    args: ['file', `${fileName} is not a usable rpm: ${reason}`],
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

/** What the store keeps of a received file, or a refusal: it must be a whole rpm of a known type under its own name. */
export async function describe(fileName: string, received: Received): Promise<Omit<Package, 'id' | 'createTime'>> {
  const { name, version, release, architecture } = await headerOf(fileName, received.path)
  const ownName = `${name}-${version}-${release}.${architecture}.rpm`
  // A renamed package cannot be found again on a host: rpm knows it by its own name.
  if (fileName !== ownName) throw notRpm(fileName, `by its header it is ${ownName}`)
  const type = types.find((entry) => entry.name.test(name))?.type
  if (type === undefined) throw new Refused({ code: 'PKG10013', args: [fileName, name], field: 'file', rejected: fileName })
  const dot = release.lastIndexOf('.')
  const buildNumber = dot < 0 ? release : release.slice(0, dot)
  const operatingSystem = dot < 0 ? '' : release.slice(dot + 1)
  return { ...received, fileName, name, version, release, buildNumber, operatingSystem, architecture, type }
}
