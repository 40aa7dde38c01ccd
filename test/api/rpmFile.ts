import { basename, dirname } from 'node:path'

/**
 * A small but whole rpm: lead, signature with its size, header, payload. Layout: rpm's file format
 * description.
 */
export function rpmFile(
  {
    name,
    version,
    release,
    arch,
    requires = [],
    prefix,
    files = programsOf(name),
  }: {
    name: string
    version: string
    release: string
    arch: string
    /** Names with the version that each must have, if any. */
    requires?: readonly (readonly [name: string, version?: string])[]
    prefix?: string
    files?: readonly string[]
  },
  payload = 5000,
): Buffer {
  const lead = Buffer.alloc(96)
  lead.writeUInt32BE(0xedabeedb, 0)
  lead.writeUInt8(3, 4)
  lead.write(`${name}-${version}-${release}`, 10)
  const texts = { 1000: name, 1001: version, 1002: release, 1021: 'linux', 1022: arch }
  const strings = (tag: number, values: readonly string[]) => ({
    tag,
    type: 8,
    count: values.length,
    value: Buffer.from(values.map((value) => `${value}\0`).join('')),
  })
  // Requirements: flags (8 is EQUAL), names, versions.
  const flags = Buffer.alloc(requires.length * 4)
  for (const [index, [, wanted]] of requires.entries())
    flags.writeUInt32BE(wanted ? 8 : 0, index * 4)
  const directories = [...new Set(files.map((file) => `${dirname(file)}/`))]
  const indexes = Buffer.alloc(files.length * 4)
  for (const [index, file] of files.entries())
    indexes.writeUInt32BE(directories.indexOf(`${dirname(file)}/`), index * 4)
  const header = section([
    // Numbers first: they are aligned.
    { tag: 1116, type: 4, count: files.length, value: indexes },
    { tag: 1048, type: 4, count: requires.length, value: flags },
    ...Object.entries(texts).map(([tag, text]) => ({
      tag: Number(tag),
      type: 6,
      count: 1,
      value: Buffer.from(`${text}\0`),
    })),
    strings(
      1049,
      requires.map(([each]) => each),
    ),
    strings(
      1050,
      requires.map(([, wanted]) => wanted ?? ''),
    ),
    strings(1098, prefix === undefined ? [] : [prefix]),
    strings(
      1117,
      files.map((file) => basename(file)),
    ),
    strings(1118, directories),
  ])
  const content = Buffer.concat([header, Buffer.alloc(payload, 7)])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(content.length)
  const signature = section([{ tag: 1000, type: 4, count: 1, value: size }])
  const padding = Buffer.alloc((8 - ((lead.length + signature.length) % 8)) % 8)
  return Buffer.concat([lead, signature, padding, content])
}

/** What the real package of a name lists among its programs. */
function programsOf(name: string): string[] {
  if (name.startsWith('obproxy')) return ['/home/admin/obproxy-4.3.1.0/bin/obproxy']
  if (name === 'obagent') return ['/home/admin/obagent/bin/ob_agentd']
  if (name.includes('ocp-agent')) return ['/home/admin/ocp_agent/bin/ocp_agentd']
  return ['/home/admin/oceanbase/bin/observer']
}

interface Entry {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly value: Buffer
}

function section(entries: readonly Entry[]): Buffer {
  let offset = 0
  const index = entries.map(({ tag, type, count, value }) => {
    const entry = Buffer.alloc(16)
    for (const [at, number] of [tag, type, offset, count].entries())
      entry.writeUInt32BE(number, at * 4)
    offset += value.length
    return entry
  })
  const intro = Buffer.alloc(16)
  intro.writeUInt32BE(0x8eade801, 0)
  intro.writeUInt32BE(entries.length, 8)
  intro.writeUInt32BE(offset, 12)
  return Buffer.concat([intro, ...index, ...entries.map((entry) => entry.value)])
}

/** A form with one file, as curl -F sends it. */
export function form(fileName: string, content: Buffer, { field = 'file', whole = true } = {}) {
  const boundary = 'obflow-test-boundary'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${fileName}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  const end = whole ? `\r\n--${boundary}--\r\n` : ''
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), content, Buffer.from(end)]),
  }
}
