import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type Level = 'INFO' | 'WARN' | 'ERROR'
export type Log = (
  level: Level,
  module: string,
  text: string,
  values?: Record<string, unknown>,
) => void

const two = (value: number) => String(value).padStart(2, '0')

/** Local time with microseconds, as observer.log prints it. */
export function stamp(date: Date): string {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}000`
}

/**
 * Writes OceanBase's line form: `[time] LEVEL [MODULE] [pid][0][Y0-0] text(ret=-4015,
 * key="value")`. What the root service does goes to rootservice.log beside it. Source: oceanbase
 * deps/oblib/src/lib/oblog/ob_log.cpp, the modules RS and BOOTSTRAP.
 */
export function openLog(file: string): Log {
  mkdirSync(dirname(file), { recursive: true })
  const rootService = join(dirname(file), 'rootservice.log')
  return (level, module, text, values = {}) => {
    const pairs = Object.entries(values).map(
      ([key, value]) => `${key}=${typeof value === 'string' ? `"${value}"` : String(value)}`,
    )
    const line = `[${stamp(new Date())}] ${level.padEnd(5)} [${module}] [${process.pid}][0][Y0-0] ${text}`
    const into = module === 'RS' || module === 'BOOTSTRAP' ? rootService : file
    try {
      appendFileSync(into, `${line}${pairs.length > 0 ? `(${pairs.join(', ')})` : ''}\n`)
    } catch {
      // A full log disk must not take the server down; the real one drops lines too.
    }
  }
}
