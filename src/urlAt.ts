import { isIP } from 'node:net'

/** The URL of plain HTTP at an address and a port; IPv6 gets its brackets. */
export const urlAt = (host: string, port: number): string =>
  `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
