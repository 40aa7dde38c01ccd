import { isIP } from 'node:net'
import type { Config } from '../../config.ts'

/**
 * Where a browser finds the console, without a slash at its end; undefined where only whoever set
 * up the network knows.
 */
export function consoleAddress({
  publicUrl,
  listen: { host, port },
}: Pick<Config, 'publicUrl' | 'listen'>): string | undefined {
  if (publicUrl !== undefined) return publicUrl
  if (port === 0 || host === '0.0.0.0' || host === '::') return undefined
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
