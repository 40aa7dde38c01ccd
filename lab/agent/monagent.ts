import { connect } from 'node:net'
import { takeName } from './agentHome.ts'
import { portOf, serveHttp } from './http.ts'
import { readConfig } from './properties.ts'

/**
 * ob_monagent or ocp_monagent: metrics in Prometheus' text form. They tell what the agent was
 * configured with and whether its observer listens.
 */
takeName('monagent')
const startAt = Date.now()

const label = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 500 })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', () => finish(true))
    socket.once('error', () => finish(false))
    socket.once('timeout', () => finish(false))
  })
}

async function metrics(): Promise<string> {
  const config = readConfig()
  const value = (key: string) => label(config.get(key) ?? '')
  const labels = `cluster="${value('monagent.ob.cluster.name')}",cluster_id="${value('monagent.ob.cluster.id')}",zone="${value('monagent.ob.zone.name')}",svr_ip="${value('monagent.host.ip')}"`
  const up = await listens(Number(config.get('monagent.ob.sql.port') || 2881))
  return [
    '# TYPE ob_agent_config_info gauge',
    `ob_agent_config_info{${labels},user="${value('monagent.ob.monitor.user')}"} 1`,
    '# TYPE ob_server_up gauge',
    `ob_server_up{${labels}} ${up ? 1 : 0}`,
    '# TYPE ob_agent_uptime_seconds gauge',
    `ob_agent_uptime_seconds ${Math.round((Date.now() - startAt) / 1000)}`,
    '',
  ].join('\n')
}

serveHttp(portOf('ocp.agent.monitor.http.port', 8088), {
  '/metrics/ob/basic': (response) => {
    void metrics().then((text) =>
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
    )
  },
})
