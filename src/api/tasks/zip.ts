import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly text: string
  readonly at: Date
}

/**
 * Bytes and values of PKWARE's APPNOTE.TXT, version 2.0 of the format: no entry and no archive of 4
 * GiB, at most 65,535 entries.
 */
const signature = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const
const version = 20
const utf8Names = 0x0800
const deflated = 8
/** Made on Unix: a plain file that its owner may write and all may read. */
const madeBy = (3 << 8) | version
const attributes = 0o100644 * 2 ** 16

const field = (bytes: 2 | 4, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, bytes)
  return buffer
}
const short = (value: number) => field(2, value)
const long = (value: number) => field(4, value)

/** MS-DOS time and date: seconds in pairs, years from 1980. */
const dosTime = (at: Date): Buffer =>
  Buffer.concat([
    short((at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1)),
    short(((at.getFullYear() - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate()),
  ])

const deflate = promisify(deflateRaw)

/** A zip archive, piece by piece: one entry is held in memory at a time. */
export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer, void> {
  const directory: Buffer[] = []
  let offset = 0
  for await (const { name, text, at } of entries) {
    const content = Buffer.from(text)
    const packed = await deflate(content)
    const fileName = Buffer.from(name)
    const facts = Buffer.concat([
      short(version),
      short(utf8Names),
      short(deflated),
      dosTime(at),
      long(crc32(content)),
      long(packed.length),
      long(content.length),
      short(fileName.length),
      short(0), // No extra field.
    ])
    const place = Buffer.concat([short(0), short(0), short(0), long(attributes), long(offset)])
    directory.push(long(signature.central), short(madeBy), facts, place, fileName)
    const piece = Buffer.concat([long(signature.local), facts, fileName, packed])
    offset += piece.length
    yield piece
  }
  const central = Buffer.concat(directory)
  const count = short(directory.length / 5)
  yield central
  yield Buffer.concat([
    long(signature.end),
    short(0),
    short(0),
    count,
    count,
    long(central.length),
    long(offset),
    short(0), // No comment.
  ])
}
