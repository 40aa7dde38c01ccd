import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { z } from 'zod'
import { cookieName } from '../../src/api/auth/session.ts'
import type { Target } from './target.ts'

/** A page of a stranger in the browser of somebody who is logged in to obflow. */

const hostOf = (door: string): string => door.replace(/:\d+$/, '')
/** A name of the stranger's that leads to the host of a door. */
const reboundName = (door: string): string => `at-${hostOf(door).replaceAll('.', '-')}.example`

const chrome = (doors: readonly string[]): string[] => [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // DNS rebinding: names of the stranger's that lead to where the doors are.
  `--host-resolver-rules=${[...doors.map((door) => `MAP ${reboundName(door)} ${hostOf(door)}`), 'MAP *.example 127.0.0.1'].join(', ')}`,
]

interface Login {
  readonly username: string
  readonly password: string
}

export interface Victim extends Target {
  /** The door at which the victim is logged in. */
  readonly api: string
  readonly login: Login
  /** The stranger's own login, to have the victim work under it. */
  readonly stranger: Login
}

export interface PageReport {
  /** What the stranger's own server got and gave: the pages did what they should. */
  readonly control: readonly string[]
  /** State-changing calls, answers, frames and logins that a page got and should not have. */
  readonly through: readonly string[]
}

const session = '/api/v2/session'

const paths = ({
  namespace,
  taskId,
  clusterId,
  hostId,
  firstSubtaskId,
}: Target): readonly string[] => [
  `/api/v1/namespaces/${namespace}/workflows/page`,
  `/api/v1/namespaces/${namespace}/workflows/create-cluster-1/terminate`,
  '/api/v2/profiles/me/accessKeys',
  `/api/v2/tasks/instances/${taskId}/rollback`,
  `/api/v2/tasks/instances/${taskId}/retry`,
  `/api/v2/tasks/instances/${taskId}/subtasks/${firstSubtaskId}/skip`,
  `/api/v2/ob/clusters/${clusterId}`,
  `/api/v2/compute/hosts/${hostId}`,
  '/api/v2/iam/users',
  session,
]

/** The last one logs the stranger in; its password has a "=", for forms. */
const bodies = ({ taskId, stranger }: Victim): readonly string[] => [
  '',
  '{}',
  JSON.stringify({
    workflowType: { name: 'deleteCluster' },
    taskQueue: { name: 'obflow' },
    input: [{ taskId }],
  }),
  JSON.stringify({ username: 'eve', password: 'Eves-words-12', roles: ['ADMIN'] }),
  JSON.stringify(stranger),
]

/** What only somebody who is logged in is told. */
const reads = ({ taskId, firstSubtaskId }: Target): readonly string[] => [
  session,
  '/api/v2/ob/clusters',
  `/api/v2/tasks/instances/${taskId}/events`,
  `/api/v2/tasks/instances/${taskId}/subtasks/${firstSubtaskId}/log/events`,
]

/** What a click could be stolen in. */
const pages = ({ taskId }: Target): readonly string[] => [
  '/',
  `/tasks/${taskId}`,
  '/login',
  '/api/v2/docs',
]

interface Plan {
  readonly doors: readonly string[]
  readonly paths: readonly string[]
  readonly bodies: readonly string[]
  readonly reads: readonly string[]
  readonly pages: readonly string[]
}

async function ownServer(): Promise<{
  readonly door: string
  readonly seen: string[]
  close(): void
}> {
  const seen: string[] = []
  const server = createServer((incoming, reply) => {
    if (incoming.method !== 'GET')
      seen.push(`${incoming.method} ${incoming.headers['content-type'] ?? ''}`)
    else if (incoming.headers.accept === 'text/event-stream') seen.push('EventSource')
    reply.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body>evil')
  })
  server.on('upgrade', (_, socket) => {
    seen.push('WebSocket')
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    door: `127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`,
    seen,
    close: () => void server.close(),
  }
}

async function run(
  page: Page,
  name: 'attackFromPage' | 'attackRebound',
  plan: Plan,
): Promise<string[]> {
  await page.evaluate(await readFile(join(import.meta.dirname, 'page.js'), 'utf8'))
  const told: unknown = await page.evaluate(`globalThis.${name}(${JSON.stringify(plan)})`)
  return z.array(z.string()).parse(told)
}

async function rebound(context: BrowserContext, door: string, plan: Plan): Promise<string[]> {
  const page = await context.newPage()
  try {
    const port = door.replace(/.*:/, '')
    await page.goto(`http://${reboundName(door)}:${port}/`, { timeout: 10_000 })
    return await run(page, 'attackRebound', plan)
  } catch {
    // Whatever does not even answer a browser is no way in.
    return []
  } finally {
    await page.close()
  }
}

/** What a page of the stranger's was told, or holds in a frame, of others than its own server. */
async function fromPage(context: BrowserContext, home: string, plan: Plan): Promise<string[]> {
  const page = await context.newPage()
  const answered: string[] = []
  page.on('response', (answer) => {
    const { pathname, host } = new URL(answer.url())
    const isCall = pathname.startsWith('/api/') && !plan.pages.includes(pathname)
    if (answer.ok() && plan.doors.includes(host) && isCall)
      answered.push(`${answer.request().method()} ${answer.url()} answers ${answer.status()}`)
  })
  try {
    await page.goto(`http://${home}/`)
    const told = await run(page, 'attackFromPage', plan)
    const framed = page.frames().flatMap((frame) => {
      const url = frame === page.mainFrame() ? 'about:blank' : frame.url()
      return url.startsWith('http:') ? [`frame ${url}`] : []
    })
    return [...told, ...framed, ...answered].map((each) => `at ${home}: ${each}`)
  } finally {
    await page.close()
  }
}

const sessionsIn = async (context: BrowserContext): Promise<string[]> =>
  (await context.cookies()).flatMap(({ name, value }) => (name === cookieName ? [value] : []))

/** How a victim is logged in: each gives the page of the API that stays open. */
const logins = {
  /** The browser remembers name and password for the address. */
  async remembered(context: BrowserContext, { api, login }: Victim): Promise<Page> {
    const page = await context.newPage()
    const answer = await page.goto(
      `http://${login.username}:${login.password}@${api}/api/v2/ob/clusters`,
    )
    if (answer?.status() !== 200)
      throw new Error(`the login of the victim answers ${answer?.status()}`)
    return page
  },
  /** By the form of the console: a session's cookie. */
  async form(context: BrowserContext, { api, login }: Victim): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`http://${api}/`)
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(login),
    }
    const ask = `fetch('${session}', ${JSON.stringify(init)}).then(({ status }) => status)`
    const status: unknown = await page.evaluate(ask)
    if (status !== 200) throw new Error(`the login of the victim answers ${String(status)}`)
    return page
  },
} as const

/** Lets a stranger's pages loose in the browser of a user who is logged in. */
export async function attackByPages(victim: Victim): Promise<PageReport> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: chrome(victim.doors),
  })
  const own = await ownServer()
  const plan = {
    doors: [...victim.doors, own.door],
    paths: paths(victim),
    bodies: bodies(victim),
    reads: reads(victim),
    pages: pages(victim),
  }
  // A page of another site, and one of another port of this host, which gets the cookie.
  const homes = [own.door.replace(hostOf(own.door), 'evil.example'), own.door]
  const found: string[] = []
  const through: string[] = []
  try {
    for (const [kind, logIn] of Object.entries(logins)) {
      const context = await browser.newContext()
      const open = await logIn(context, victim)
      const before = await sessionsIn(context)
      for (const home of homes) found.push(...(await fromPage(context, home, plan)))
      for (const door of victim.doors) through.push(...(await rebound(context, door, plan)))
      if (String(await sessionsIn(context)) !== String(before))
        through.push(`${kind}: the victim has another session`)
      const said = await (await open.goto(`http://${victim.api}${session}`))?.text()
      if (!said?.includes(`"username":"${victim.login.username}"`))
        through.push(`${kind}: the victim is told ${said}`)
      await context.close()
    }
    const isOwn = (line: string): boolean => line.includes(`http://${own.door}/`)
    const kinds = found.filter(isOwn).map((line) => line.replace(/^at \S+ (\w+).*/s, '$1'))
    return {
      control: [...new Set([...own.seen, ...kinds])].sort(),
      through: [...through, ...found.filter((line) => !isOwn(line))],
    }
  } finally {
    own.close()
    await browser.close()
  }
}
