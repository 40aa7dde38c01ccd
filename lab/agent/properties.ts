import {
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { home } from './agentHome.ts'

/** One `- key: … value: … valueType: …` of conf/config_properties/*.yaml. */
type Property = { key: string; value: string; valueType: string; encrypted: boolean }

const folder = () => join(home, 'conf/config_properties')

const files = (): string[] =>
  existsSync(folder())
    ? readdirSync(folder())
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => join(folder(), name))
    : []

/**
 * Reads obagent's flat form: a list of maps of plain or quoted scalars, which is all these files
 * hold.
 */
export function parseProperties(text: string): Property[] {
  const properties: Property[] = []
  for (const line of text.split('\n')) {
    const [, dash, name = '', raw = ''] =
      /^\s*(-\s+)?(key|value|valueType|encrypted):\s*(.*)$/.exec(line) ?? []
    if (name === '') continue
    if (dash !== undefined && name === 'key')
      properties.push({ key: scalar(raw), value: '', valueType: 'string', encrypted: false })
    const last = properties.at(-1)
    if (name === 'value' && last) last.value = scalar(raw)
    if (name === 'valueType' && last) last.valueType = scalar(raw)
    if (name === 'encrypted' && last) last.encrypted = scalar(raw) === 'true'
  }
  return properties
}

function scalar(raw: string): string {
  const text = raw.trim()
  if (/^".*"$/.test(text)) return String(JSON.parse(text))
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'")
  return text
}

export function printProperties(properties: Property[]): string {
  const one = ({ key, value, valueType, encrypted }: Property) =>
    `  - key: ${key}\n    value: ${JSON.stringify(value)}\n    valueType: ${valueType}\n    encrypted: ${encrypted}\n`
  return `configs:\n${properties.map(one).join('')}`
}

/** All settings of the agent, by key. */
export function readConfig(): Map<string, string> {
  return new Map(
    files().flatMap((file) =>
      parseProperties(readFileSync(file, 'utf8')).map(({ key, value }) => [key, value] as const),
    ),
  )
}

/**
 * Changes settings in the files that declare them; returns the keys that no file declares and
 * changes nothing then.
 */
export function updateConfig(pairs: ReadonlyMap<string, string>): string[] {
  const declared = files().map((file) => ({
    file,
    properties: parseProperties(readFileSync(file, 'utf8')),
  }))
  const unknown = [...pairs.keys()].filter(
    (key) => !declared.some(({ properties }) => properties.some((known) => known.key === key)),
  )
  if (unknown.length > 0) return unknown
  for (const { file, properties } of declared) {
    if (!properties.some(({ key }) => pairs.has(key))) continue
    const changed = properties.map((property) => ({
      ...property,
      value: pairs.get(property.key) ?? property.value,
    }))
    const { uid, gid } = statSync(file)
    writeFileSync(`${file}.tmp`, printProperties(changed), { mode: 0o600 })
    // root may configure what admin runs.
    chownSync(`${file}.tmp`, uid, gid)
    renameSync(`${file}.tmp`, file)
  }
  return []
}

const mandatory = ['monagent.host.ip', 'ocp.agent.manager.http.port', 'ocp.agent.monitor.http.port']

/**
 * Why the agent must not start with its present configuration: keys that are empty, passwords that
 * others may read.
 */
export function configFaults(): string[] {
  const config = readConfig()
  const missing = mandatory.filter((key) => !config.get(key)).map((key) => `config ${key} is empty`)
  const open = files()
    .filter((file) =>
      parseProperties(readFileSync(file, 'utf8')).some(
        ({ key, value }) => /password/.test(key) && value !== '',
      ),
    )
    .filter((file) => (statSync(file).mode & 0o044) !== 0)
    .map((file) => `config file ${file} holds a password and others may read it`)
  return [...missing, ...open]
}
