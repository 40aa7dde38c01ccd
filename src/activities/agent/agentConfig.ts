import { type AgentConfig, generatePassword } from '../../oceanbase/index.ts'
import { secretOf } from '../../secretOf.ts'
import type { HostNode } from '../node.ts'

/** Who calls the agent over HTTP. */
const agentUser = 'ocp_agent'

export type AgentConfigUse = 'secrets.get' | 'secrets.getOrCreate'

/** The agent's configuration for one server of a cluster, its secrets from the store. */
export async function agentConfigOf({
  cluster,
  server,
  store,
}: Pick<HostNode<AgentConfigUse>, 'cluster' | 'server' | 'store'>): Promise<AgentConfig> {
  return {
    cluster,
    server,
    monitor: {
      username: 'ocp_monitor',
      password: await store.secrets.get(secretOf.cluster(cluster.id).ocp_monitor),
    },
    basicAuth: {
      username: agentUser,
      password: await store.secrets.getOrCreate(
        secretOf.cluster(cluster.id).agent,
        generatePassword,
      ),
    },
  }
}
