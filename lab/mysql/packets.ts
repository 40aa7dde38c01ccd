/** One MySQL packet: its header's sequence number and its body (at most 2^24-1 bytes). */
export type Packet = { sequence: number; payload: Buffer }

export const maxPayload = 0xffffff

/**
 * Collects bytes of a connection into packets; the returned function takes chunks as they arrive.
 */
export function framer(onPacket: (packet: Packet) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0)
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= 4) {
      const length = pending.readUIntLE(0, 3)
      if (pending.length < 4 + length) return
      const packet = { sequence: pending.readUInt8(3), payload: pending.subarray(4, 4 + length) }
      pending = pending.subarray(4 + length)
      onPacket(packet)
    }
  }
}

export function frame(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  header.writeUInt8(sequence & 0xff, 3)
  return Buffer.concat([header, payload])
}

export type SqlError = { errno: number; sqlState: string; message: string }

export function okPayload(affectedRows = 0): Buffer {
  return Buffer.from([0x00, Math.min(affectedRows, 250), 0x00, 0x02, 0x00, 0x00, 0x00])
}

export function errorPayload({ errno, sqlState, message }: SqlError): Buffer {
  const head = Buffer.alloc(3)
  head.writeUInt8(0xff, 0)
  head.writeUInt16LE(errno, 1)
  return Buffer.concat([head, Buffer.from(`#${sqlState}${message}`)])
}

/** Reads an ERR payload back; undefined when the payload is something else. */
export function parseError(payload: Buffer): SqlError | undefined {
  if (payload[0] !== 0xff) return undefined
  const stated = payload[3] === 0x23
  return {
    errno: payload.readUInt16LE(1),
    sqlState: stated ? payload.toString('latin1', 4, 9) : 'HY000',
    message: payload.toString('utf8', stated ? 9 : 3),
  }
}

export function lengthEncoded(bytes: Buffer): Buffer {
  if (bytes.length < 251) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const head = Buffer.alloc(3)
  head.writeUInt8(0xfc, 0)
  head.writeUInt16LE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}
