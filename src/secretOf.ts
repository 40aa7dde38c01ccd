type ClusterSecret = 'root' | 'proxyro' | 'ocp_monitor' | 'agent'
type ObproxySecret = 'root' | 'proxyro' | `start/${number}`

/** Where a secret is in the store: no other text is one. */
export type SecretRef =
  | `cluster/${number}/${ClusterSecret}`
  | `obproxy/${number}/${ObproxySecret}`
  | `credential/${number}`
  | `accessKey/${string}`
  | 'clientTokens'

/** What the secrets of one owner begin with. */
export type SecretsBelow = `cluster/${number}/` | `obproxy/${number}/`

/** Every secret there is, by what it belongs to. `all` stands for those of one owner. */
export const secretOf = {
  cluster: (id: number) =>
    ({
      all: `cluster/${id}/`,
      /** Users of the cluster's sys tenant. */
      root: `cluster/${id}/root`,
      proxyro: `cluster/${id}/proxyro`,
      ocp_monitor: `cluster/${id}/ocp_monitor`,
      /** HTTP login of the agents on its hosts. */
      agent: `cluster/${id}/agent`,
    }) as const,
  obproxy: (id: number) =>
    ({
      all: `obproxy/${id}/`,
      root: `obproxy/${id}/root`,
      /** Of proxyro in every cluster that is served. */
      proxyro: `obproxy/${id}/proxyro`,
      /** What a proxy of it is started with, until its administrator has the real password. */
      start: (serverId: number) => `obproxy/${id}/start/${serverId}` as const,
    }) as const,
  credential: (id: number) => `credential/${id}` as const,
  accessKey: (id: string) => `accessKey/${id}` as const,
  /** What digests of requests with a client token are made with. */
  clientTokens: 'clientTokens',
} as const
