import type { FastifyRequest } from 'fastify'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import type { Context } from '../context.ts'

const isLoopback = (hostname: string): boolean =>
  /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname)

/**
 * A proxy is told its URL among its start options, `a=1,b=2`: a comma in a host would begin another
 * one.
 */
const isAddress = (hostname: string): boolean => /^([\w.-]+|\[[\da-f:.]+\])$/i.test(hostname)

/**
 * Where others reach this API: as configured, else as this caller has reached it. Refuses a Host
 * header that is no address.
 */
export function publicUrl(config: Context['config'], request: FastifyRequest): string {
  if (config.publicUrl !== undefined) return config.publicUrl
  const url = `${request.protocol}://${request.host}`
  if (URL.canParse(url) && isAddress(new URL(url).hostname)) return new URL(url).origin
  throw new Refused({ code: 'COM10003', args: [say`the Host header is not an address`] })
}

/**
 * The URL of which the proxies of an OBProxy cluster ask what they serve; the form is that of OCP's
 * sample. Refuses one that no host could reach.
 */
export function configUrlOf(
  config: Context['config'],
  request: FastifyRequest,
  name: string,
  hosts: number,
): string {
  const base = publicUrl(config, request)
  const { hostname } = new URL(base)
  if (hosts > 0 && isLoopback(hostname)) {
    const why = say`hosts cannot reach ${base}: set OBFLOW_PUBLIC_URL, or call the API by an address that they reach`
    throw new Refused({
      code: 'COM10003',
      args: [say`CONFIG_URL needs an address of this API for the proxies; ${why}`],
    })
  }
  return `${base}/services?Action=GetObProxyConfig&User_ID=alibaba&UID=admin&ObproxyClusterName=${encodeURIComponent(name)}`
}
