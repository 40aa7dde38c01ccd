import { type FileHandle, open } from 'node:fs/promises'

/** What an rpm says of itself. */
export interface RpmHeader {
  readonly name: string
  readonly version: string
  readonly release: string
  readonly architecture: string
  readonly os: string
  /** As rpm writes them: `jq`, `oceanbase-ce-libs = 4.2.5.0`. */
  readonly requires: readonly string[]
  readonly provides: readonly string[]
  /** Paths that may be moved at installation. */
  readonly prefixes: readonly string[]
  readonly files: readonly string[]
}

/** A file that is not a whole binary rpm; the message says why. */
export class NotAnRpm extends Error {
  override readonly name = 'NotAnRpm'
}

/** Layout and tags: rpm's file format description (docs/manual/format_v4.md, tags.md). */
const leadBytes = 96
const leadMagic = 0xedabeedb
const headerMagic = 0x8eade801
const introBytes = 16
const entryBytes = 16
const tag = { name: 1000, version: 1001, release: 1002, os: 1021, arch: 1022 } as const
/** Names, versions and flags of what a package needs, and of what it is good for. */
const relations = {
  requires: { name: 1049, version: 1050, flags: 1048 },
  provides: { name: 1047, version: 1113, flags: 1112 },
} as const
/** `RPMSENSE_LESS`, `RPMSENSE_GREATER`, `RPMSENSE_EQUAL`. */
const senses = [
  [2, '<'],
  [4, '>'],
  [8, '='],
] as const
/** Each file is a name in one of the directories. */
const listTag = {
  prefixes: 1098,
  baseNames: 1117,
  directories: 1118,
  directoryIndexes: 1116,
} as const
const signatureTag = { size: 1000, longSize: 270 } as const
const type = { int32: 4, int64: 5, string: 6, strings: 8 } as const

/**
 * A header of a real package has some hundred entries and a few hundred KiB; beyond this a file
 * only claims to be one.
 */
const headerLimit = { entries: 4096, bytes: 32 * 1024 * 1024 } as const

interface Header {
  /** Bytes it takes in the file. */
  readonly length: number
  text(tag: number): string | undefined
  number(tag: number): number | undefined
  /** A list of numbers, or of texts; empty when there is none. */
  numbers(tag: number): readonly number[]
  texts(tag: number): readonly string[]
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  if (bytesRead < length) throw new NotAnRpm('it ends too early')
  return buffer
}

async function readHeader(file: FileHandle, position: number): Promise<Header> {
  const intro = await read(file, position, introBytes)
  if (intro.readUInt32BE(0) !== headerMagic) throw new NotAnRpm('it has no rpm header')
  const entries = intro.readUInt32BE(8)
  const storeBytes = intro.readUInt32BE(12)
  const indexBytes = entries * entryBytes
  if (entries > headerLimit.entries || indexBytes + storeBytes > headerLimit.bytes)
    throw new NotAnRpm('its header is too large')
  const body = await read(file, position + introBytes, indexBytes + storeBytes)
  const offsets = new Map<string, number>()
  const counts = new Map<string, number>()
  for (let at = 0; at < indexBytes; at += entryBytes) {
    const key = `${body.readUInt32BE(at)}/${body.readUInt32BE(at + 4)}`
    offsets.set(key, indexBytes + body.readUInt32BE(at + 8))
    counts.set(key, body.readUInt32BE(at + 12))
  }
  const at = (wanted: number, kind: number, bytes: number): number | undefined => {
    const offset = offsets.get(`${wanted}/${kind}`)
    return offset === undefined || offset + bytes > body.length ? undefined : offset
  }
  return {
    length: introBytes + body.length,
    text(wanted) {
      const start = at(wanted, type.string, 1)
      if (start === undefined) return undefined
      const end = body.indexOf(0, start)
      return end < 0 ? undefined : body.toString('utf8', start, end)
    },
    number(wanted) {
      const long = at(wanted, type.int64, 8)
      if (long !== undefined) return Number(body.readBigUInt64BE(long))
      const short = at(wanted, type.int32, 4)
      return short === undefined ? undefined : body.readUInt32BE(short)
    },
    texts(wanted) {
      const found: string[] = []
      let start = at(wanted, type.strings, 1) ?? body.length
      const count = counts.get(`${wanted}/${type.strings}`) ?? 0
      while (found.length < count && start < body.length) {
        const end = body.indexOf(0, start)
        if (end < 0) break
        found.push(body.toString('utf8', start, end))
        start = end + 1
      }
      return found
    },
    numbers(wanted) {
      const start = at(wanted, type.int32, 4)
      if (start === undefined) return []
      const count = counts.get(`${wanted}/${type.int32}`) ?? 0
      const whole = Math.min(count, Math.floor((body.length - start) / 4))
      return Array.from({ length: whole }, (_, index) => body.readUInt32BE(start + index * 4))
    },
  }
}

function relationsIn(header: Header, { name, version, flags }: Relation): readonly string[] {
  const versions = header.texts(version)
  const bits = header.numbers(flags)
  return header.texts(name).map((each, index) => {
    const operator = senses
      .filter(([bit]) => (bits[index] ?? 0) & bit)
      .map(([, sign]) => sign)
      .join('')
    return operator ? `${each} ${operator} ${versions[index] ?? ''}` : each
  })
}

function filesIn(header: Header): string[] {
  const directories = header.texts(listTag.directories)
  const indexes = header.numbers(listTag.directoryIndexes)
  return header
    .texts(listTag.baseNames)
    .map((name, index) => `${directories[indexes[index] ?? -1] ?? ''}${name}`)
}

type Relation = (typeof relations)[keyof typeof relations]

/** Reads the header of an rpm and checks that the file is whole. Throws NotAnRpm otherwise. */
export async function readRpm(path: string): Promise<RpmHeader> {
  const file = await open(path)
  try {
    const lead = await read(file, 0, leadBytes)
    if (lead.readUInt32BE(0) !== leadMagic) throw new NotAnRpm('it does not begin as an rpm does')
    if (lead.readUInt16BE(6) !== 0) throw new NotAnRpm('it is a source rpm')
    const signature = await readHeader(file, leadBytes)
    // The signature is padded to eight bytes; its size tag counts everything after it.
    const start = Math.ceil((leadBytes + signature.length) / 8) * 8
    const expected = signature.number(signatureTag.longSize) ?? signature.number(signatureTag.size)
    const { size } = await file.stat()
    if (expected !== undefined && size !== start + expected) {
      throw new NotAnRpm(`it has ${size} bytes, its header says ${start + expected}`)
    }
    const header = await readHeader(file, start)
    const need = (wanted: number, what: string): string => {
      const found = header.text(wanted)
      if (!found) throw new NotAnRpm(`its header has no ${what}`)
      return found
    }
    return {
      name: need(tag.name, 'name'),
      version: need(tag.version, 'version'),
      release: need(tag.release, 'release'),
      architecture: need(tag.arch, 'architecture'),
      os: need(tag.os, 'operating system'),
      requires: relationsIn(header, relations.requires),
      provides: relationsIn(header, relations.provides),
      prefixes: header.texts(listTag.prefixes),
      files: filesIn(header),
    }
  } finally {
    await file.close()
  }
}
