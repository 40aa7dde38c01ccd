import { frame, lengthEncoded } from './packets.ts'

const varString = 0xfd
const utf8 = 33
const endOfRows = Buffer.from([0xfe, 0x00, 0x00, 0x02, 0x00])

function column(name: string): Buffer {
  const text = (value: string) => lengthEncoded(Buffer.from(value))
  const tail = Buffer.alloc(13)
  tail.writeUInt8(0x0c, 0)
  tail.writeUInt16LE(utf8, 1)
  tail.writeUInt32LE(1024, 3)
  tail.writeUInt8(varString, 7)
  return Buffer.concat([text('def'), text(''), text(''), text(''), text(name), text(name), tail])
}

/**
 * A text result set of strings, in the classic form with EOF packets (the caller never offers
 * CLIENT_DEPRECATE_EOF).
 */
export function resultSet(names: string[], rows: (string | null)[][], firstSequence = 1): Buffer {
  const cell = (value: string | null) =>
    value === null ? Buffer.from([0xfb]) : lengthEncoded(Buffer.from(value))
  const payloads = [
    Buffer.from([names.length]),
    ...names.map(column),
    endOfRows,
    ...rows.map((row) => Buffer.concat(row.map(cell))),
    endOfRows,
  ]
  return Buffer.concat(payloads.map((payload, index) => frame(firstSequence + index, payload)))
}
