import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readConfig } from './properties.ts'

export type Routes = Record<string, (response: ServerResponse) => void>

/** The agent's basic auth; nobody is asked while no password is configured. */
function allowed({ headers }: IncomingMessage): boolean {
  const config = readConfig()
  const password = config.get('agent.http.basic.auth.password')
  if (!password) return true
  const wanted = Buffer.from(
    `${config.get('agent.http.basic.auth.username') ?? ''}:${password}`,
  ).toString('base64')
  return headers.authorization === `Basic ${wanted}`
}

/** Serves GET routes on the configured port; a port in use ends the process with the reason. */
export function serveHttp(port: number, routes: Routes): void {
  const server = createServer((request, response) => {
    const route = routes[(request.url ?? '').split('?')[0] ?? '']
    if (!allowed(request))
      response.writeHead(401, { 'www-authenticate': 'Basic realm="agent"' }).end()
    else if (!route || request.method !== 'GET') response.writeHead(404).end()
    else route(response)
  })
  server.on('error', (error) => {
    process.stderr.write(`listen on ${port}: ${error.message}\n`)
    process.exit(1)
  })
  server.listen(port, '0.0.0.0')
}

export const portOf = (key: string, otherwise: number): number =>
  Number(readConfig().get(key) || otherwise)
