import { errorPayload, frame, okPayload } from '../mysql/packets.ts'
import { resultSet } from '../mysql/resultSet.ts'
import { type Config, defaults } from './config.ts'
import type { Stats } from './proxySession.ts'
import { sqlError } from './upstream.ts'

const comQuery = 0x03

/** Answers one command of a `root@proxysys` session. */
export function adminCommand(config: Config, stats: Stats, payload: Buffer): Buffer {
  if (payload[0] !== comQuery) return frame(1, okPayload())
  const statement = payload
    .toString('utf8', 1)
    .trim()
    .replace(/[;\s]+$/, '')
  const show = /^SHOW\s+PROXYCONFIG(?:\s+(?:ALL\s+)?LIKE\s+['"]([^'"]*)['"])?$/i.exec(statement)
  if (show) return showConfig(config, show[1] ?? '%')
  const alter = /^ALTER\s+PROXYCONFIG\s+SET\s+([\s\S]+)$/i.exec(statement)
  if (alter) return alterConfig(config, alter[1] ?? '')
  if (/^SHOW\s+PROXYSTAT\b/i.test(statement)) {
    const rows = Object.entries(stats).map(([name, value]) => [`obproxy.${name}`, String(value)])
    return resultSet(['stat_name', 'value'], rows)
  }
  if (/^SELECT\s+1$/i.test(statement)) return resultSet(['1'], [['1']])
  if (/^SELECT\s+@@version_comment\b/i.test(statement))
    return resultSet(['@@version_comment'], [['OBProxy (lab)']])
  if (/^SET\b/i.test(statement)) return frame(1, okPayload())
  return frame(
    1,
    errorPayload(
      sqlError(
        1064,
        '42000',
        `You have an error in your SQL syntax; near '${statement.slice(0, 80)}'`,
      ),
    ),
  )
}

function showConfig({ settings }: Config, like: string): Buffer {
  const pattern = new RegExp(
    `^${like
      .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('%', '.*')
      .replaceAll('_', '.')}$`,
    'i',
  )
  const rows = Object.entries(settings)
    .filter(([name]) => pattern.test(name))
    .map(([name, value]) => [name, value, '', 'false', 'USER'])
  return resultSet(['name', 'value', 'info', 'need_reboot', 'visible_level'], rows)
}

function alterConfig(config: Config, text: string): Buffer {
  const pairs = Array.from(
    text.matchAll(/(\w+)\s*=\s*(?:'((?:[^'\\]|\\.|'')*)'|"((?:[^"\\]|\\.)*)"|([^\s,]+))/g),
    (found) => {
      const quoted = (found[2] ?? found[3])?.replaceAll("''", "'").replaceAll(/\\(.)/g, '$1')
      return [(found[1] ?? '').toLowerCase(), quoted ?? found[4] ?? ''] as const
    },
  )
  const unknown = pairs.find(([name]) => !(name in defaults) && !(name in config.settings))
  if (pairs.length === 0)
    return frame(1, errorPayload(sqlError(1064, '42000', 'You have an error in your SQL syntax')))
  if (unknown)
    return frame(1, errorPayload(sqlError(5099, '42000', `System config unknown: ${unknown[0]}`)))
  for (const [name, value] of pairs) config.set(name, value)
  return frame(1, okPayload())
}
