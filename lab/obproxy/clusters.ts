import type { Settings } from './config.ts'

export type Address = { host: string; port: number }

function addresses(list: string): Address[] {
  return list
    .split(/[;,]/)
    .map((text) => /^\s*([\w.-]+):(\d+)\s*$/.exec(text))
    .flatMap((found) => (found ? [{ host: found[1] ?? '', port: Number(found[2]) }] : []))
}

/**
 * SQL addresses of a cluster: from the rs list when the proxy serves that one cluster, else from
 * the configuration URL; none when unknown.
 */
export async function serversOf(settings: Settings, cluster: string): Promise<Address[]> {
  if (settings.rootservice_list && settings.rootservice_cluster_name === cluster)
    return addresses(settings.rootservice_list)
  return settings.obproxy_config_server_url
    ? await fromUrl(settings.obproxy_config_server_url, cluster)
    : []
}

type RootServiceInfo = {
  Data?: { ObRegion?: string; RsList?: { address?: string; sql_port?: number }[] }
}
type ProxyConfig = {
  Data?: { ObRootServiceInfoUrlList?: { ObRegion?: string; ObRootServiceInfoUrl?: string }[] }
}

/**
 * GetObProxyConfig names a URL for each cluster, which answers with ObRootServiceInfo (ocp-api §5,
 * deployers §1.6).
 */
async function fromUrl(url: string, cluster: string): Promise<Address[]> {
  const config: ProxyConfig = await get(url)
  const own = config.Data?.ObRootServiceInfoUrlList?.find(
    (entry) => entry.ObRegion === cluster,
  )?.ObRootServiceInfoUrl
  const info: RootServiceInfo =
    own || url.includes('Action=ObRootServiceInfo') ? await get(own ?? url) : {}
  return (info.Data?.RsList ?? []).flatMap(({ address = '', sql_port = 2881 }) => {
    const host = address.split(':')[0] ?? ''
    return host ? [{ host, port: sql_port }] : []
  })
}

async function get<T extends object>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(3000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as T
}
