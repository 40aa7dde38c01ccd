import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ListenOptions } from 'node:net'

/** Below the ports that Linux gives to whoever asks for any; the tests' observers have 22881 on. */
const safe = { from: 23_000, to: 32_768 }
const attempts = 1000

/** Listens without keeping the process alive. Undefined when the place is taken. */
async function hold(place: ListenOptions) {
  const server = createServer((socket) => socket.destroy())
  try {
    const listening = once(server, 'listening')
    server.listen(place)
    await listening
    return server.unref()
  } catch {
    return undefined
  }
}

/**
 * A free TCP port for a program that this process starts. No other process that claims ports is
 * given it while this one lives: the claim is an abstract Unix socket, which lives as long.
 */
export async function claimPort({ from, to } = safe): Promise<number> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const port = randomInt(from, to)
    if (!(await hold({ path: `\0obflow-port-${port}` }))) continue
    const bound = await hold({ port, host: '0.0.0.0', exclusive: true })
    if (!bound) continue
    await new Promise((resolve) => bound.close(resolve))
    return port
  }
  throw new Error(`no free port from ${from} to ${to - 1} in ${attempts} attempts`)
}
