// Run inside the namespace by the bundle's own node: starts obflow, prints what it answers, and stops it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

const [home] = process.argv.slice(2)
const url = 'http://127.0.0.1:8080'
const child = spawn(`${home}/bin/obflow`, ['serve'], { stdio: ['ignore', 'pipe', 'pipe'] })
let said = ''
for (const stream of [child.stdout, child.stderr])
  stream.on('data', (chunk) => {
    said += chunk
  })
const ended = once(child, 'exit')

async function until(path) {
  while (child.exitCode === null) {
    const reply = await fetch(`${url}${path}`).catch(() => undefined)
    if (reply?.ok) return reply
    await pause(200)
  }
  throw new Error(`obflow ended: ${said}`)
}

const health = await (await until('/healthz')).json()
const ready = await (await until('/readyz')).json()
const page = await (await until('/')).text()
const guide = (await until('/api/v2/docs/codes')).status
child.kill()
const [code] = await ended
const networks = Object.keys(networkInterfaces())
process.stdout.write(
  JSON.stringify({ health, ready, console: page.includes('<script'), guide, code, networks }),
)
