import { agentVersion, home, processes, runningPid, takeName } from './agentHome.ts'
import { portOf, serveHttp } from './http.ts'
import { readConfig } from './properties.ts'

/** ob_mgragent: answers OCP's question for the agent's status. */
takeName('ob_mgragent')
const startAt = Date.now()
const port = portOf('ocp.agent.manager.http.port', 62888)

serveHttp(port, {
  '/api/v1/agent/status': (response) => {
    const monitorPort = portOf('ocp.agent.monitor.http.port', 62889)
    const ports: Record<string, number[]> = {
      ob_agentd: [],
      ob_mgragent: [port],
      ob_monagent: [monitorPort],
    }
    const services = processes.map((name) => {
      const pid = runningPid(name)
      return {
        name,
        pid: pid ?? 0,
        state: pid === undefined ? 'stopped' : 'running',
        ports: ports[name],
      }
    })
    const state = services.every((service) => service.state === 'running') ? 'running' : 'starting'
    const body = {
      successful: true,
      timestamp: new Date().toISOString(),
      duration: 0,
      status: 200,
      traceId: '',
      server: readConfig().get('monagent.host.ip') ?? '',
      data: {
        state,
        version: agentVersion,
        pid: process.pid,
        startAt,
        ports: [port, monitorPort],
        home,
        services,
      },
      error: null,
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  },
})
