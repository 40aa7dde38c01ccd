import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { home } from '../agentHome.ts'

/** One of the processes that ocp_agentd guards: its name, and a port that answers 404. */
export function listenAs(name: string, port: number): void {
  process.title = join(home, 'bin', name)
  writeFileSync('/proc/self/comm', name.slice(0, 15))
  createServer((_request, response) => response.writeHead(404).end()).listen(port, '0.0.0.0')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
}
