/** Users every cluster gets, and what each may do. */
export const defaultUsers = [
  /** What OCP's agent reads metrics with; obd's key `ocp_agent_monitor_username`. */
  { name: 'ocp_monitor', privileges: ['SELECT'] },
  /**
   * What an obproxy asks a cluster for its servers with. Docs and ob-operator: SELECT ON *.*; obd's
   * ALL WITH GRANT OPTION is more than it needs.
   */
  { name: 'proxyro', privileges: ['SELECT'] },
] as const

export type DefaultUser = (typeof defaultUsers)[number]['name']
