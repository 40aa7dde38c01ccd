import { agentVersion, home, nameOf, type Role, roles, runningPid, takeName } from './agentHome.ts'
import { portOf, serveHttp } from './http.ts'
import { readConfig } from './properties.ts'

/** ob_mgragent or ocp_mgragent: answers OCP's question for the agent's status. */
takeName('mgragent')
const startAt = Date.now()
const port = portOf('ocp.agent.manager.http.port', 8089)

serveHttp(port, {
  '/api/v1/agent/status': (response) => {
    const monitorPort = portOf('ocp.agent.monitor.http.port', 8088)
    const ports: Record<Role, number[]> = {
      agentd: [],
      mgragent: [port],
      monagent: [monitorPort],
    }
    const services = roles.map((role) => {
      const pid = runningPid(role)
      return {
        name: nameOf(role),
        pid: pid ?? 0,
        state: pid === undefined ? 'stopped' : 'running',
        ports: ports[role],
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
