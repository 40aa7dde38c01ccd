import { Secret } from '../quote.ts'
import type { AgentConfig } from './agent.ts'
import { layoutOf } from './layout.ts'

/** Ports of OCP's agent; obagent's own defaults are 8089 and 8088. */
export const agentPorts = { manager: 62888, monitor: 62889 } as const

type Value = string | number | boolean | Secret
type Properties = Readonly<Record<string, Value>>

/** The files below conf/config_properties and their keys. Source: obagent etc/config_properties, obdeploy obd_agent_mapper.yaml. */
const filesOf = ({ cluster, server, monitor, basicAuth }: AgentConfig): Readonly<Record<string, Properties>> => {
  const layout = layoutOf(cluster)
  return {
    'basic_auth.yaml': {
      'agent.http.basic.auth.username': basicAuth.username,
      'agent.http.basic.auth.password': basicAuth.password,
      'agent.http.basic.auth.metricAuthEnabled': true,
    },
    'common_meta.yaml': {
      'config.version.maxbackups': 30,
      'ocp.agent.http.socks.proxy.enabled': false,
      'ocp.agent.http.socks.proxy.address': '',
      'ocp.agent.manager.http.port': agentPorts.manager,
      'ocp.agent.monitor.http.port': agentPorts.monitor,
    },
    'monagent_pipeline.yaml': {
      'monagent.ob.monitor.user': monitor.username,
      'monagent.ob.monitor.password': monitor.password,
      'monagent.ob.sql.port': cluster.sqlPort,
      'monagent.ob.rpc.port': cluster.rpcPort,
      'monagent.ob.install.path': layout.home,
      'ob.install.path': layout.home,
      'ob.data.path': layout.dataRoot,
      'ob.log.path': layout.redoRoot,
      'observer.log.path': layout.log,
      'monagent.host.ip': server.ip,
      'monagent.ob.cluster.name': cluster.name,
      'monagent.ob.cluster.id': cluster.obClusterId,
      'monagent.ob.zone.name': server.zone,
      'monagent.pipeline.ob.status': 'active',
      'monagent.pipeline.ob.log.status': 'inactive',
      'monagent.pipeline.node.status': 'active',
    },
  }
}

const valueType = (value: Value): string => {
  if (typeof value === 'number') return 'int64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

// A JSON string is a YAML string. A password stays plain (`encrypted: false`) in a file that only the agent's user may read: the
// package's own key lies next to it.
const entry = ([key, value]: [string, Value]): string => `    - key: ${key}
      value: ${JSON.stringify(value instanceof Secret ? value.reveal() : value)}
      valueType: ${valueType(value)}
      encrypted: false
`

/** The configuration files of an agent: name and content. Contents are secret, as some hold passwords. */
export const agentProperties = (config: AgentConfig): readonly { readonly name: string; readonly content: Secret }[] =>
  Object.entries(filesOf(config)).map(([name, properties]) => ({
    name,
    content: new Secret(`configVersion: ""\nconfigs:\n${Object.entries(properties).map(entry).join('')}`),
  }))
