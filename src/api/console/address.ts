import type { Config } from '../../config.ts'
import { urlAt } from '../../urlAt.ts'

/**
 * The console's URL for a browser, without a slash at its end. Undefined when the API listens on
 * every address and OBFLOW_PUBLIC_URL does not say which one browsers use.
 */
export function consoleAddress({
  publicUrl,
  listen: { host, port },
}: Pick<Config, 'publicUrl' | 'listen'>): string | undefined {
  if (publicUrl !== undefined) return publicUrl
  if (port === 0 || host === '0.0.0.0' || host === '::') return undefined
  return urlAt(host, port)
}
