import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { claimPort } from '../../lab/ports/claim.ts'
import { createClient } from '../../src/cli/client.ts'
import { queries, seriesIn, seriesOf } from '../metrics/dashboard.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { childrenOf, descendantsOf, filesBelow } from '../support/liveTrees.ts'
import { type Program, startProgram } from '../support/program.ts'

const run = promisify(execFile)
const secret = randomBytes(12).toString('base64url')

/** Looks every 100 ms until there is something; the test's own timeout ends it. */
async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const seen = await look().catch(() => undefined)
    if (seen) return seen
    await pause(100)
  }
}

const anything = z.unknown()

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('obflow serve', { timeout: 120_000 }, () => {
  let dir: string
  let program: Program
  let url: string
  let metrics: number
  const port = (name: string): number =>
    Number(new RegExp(`^${name} .*:(\\d+)$`, 'm').exec(program.printed)?.[1])
  const temporalAnswers = async (): Promise<boolean> =>
    (await (await fetch(`${url}/readyz`)).text()).includes('"temporal":"okay"')

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'obflow-serve-'))
    await placeEmptyDatabase(dir)
    // As `make lab` or a careless mkdir leaves it.
    await chmod(dir, 0o755)
    await mkdir(join(dir, 'packages'), { mode: 0o755 })
    await writeFile(join(dir, 'packages', 'old.rpm'), 'x', { mode: 0o644 })
    const api = await claimPort()
    metrics = await claimPort()
    url = `http://127.0.0.1:${api}`
    program = startProgram(
      'src/cli.ts',
      {
        OBFLOW_DATA_DIR: dir,
        OBFLOW_LISTEN: `127.0.0.1:${api}`,
        OBFLOW_ADMIN_PASSWORD: secret,
        OBFLOW_METRICS_LISTEN: `127.0.0.1:${metrics}`,
      },
      ['serve'],
    )
    await until(async () => program.printed.includes('Ctrl-C') && (await temporalAnswers()))
  }, 120_000)
  afterAll(async () => {
    await program?.close()
    await rm(dir, { recursive: true, force: true })
  })

  it('keeps its files for its owner alone, whoever made the directory', async () => {
    const files = await filesBelow(dir)
    expect(files.length).toBeGreaterThan(500)
    expect(files.filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([])
  })

  it('gives no child the password, the key or the database', async () => {
    const children = await descendantsOf(program.pid)
    expect(children.length).toBeGreaterThanOrEqual(2)
    for (const pid of children) {
      const text = await readFile(`/proc/${pid}/environ`, 'utf8')
      expect(text).not.toContain(secret)
      expect(text).not.toContain('OBFLOW_')
    }
  })

  it('lets no other user of the machine reach Temporal or its Web UI', async () => {
    // Of both, whoever is let in is answered by the server's first bytes.
    const http = 'GET / HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n'
    const http2 = 'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\0\\0\\0\\4\\0\\0\\0\\0\\0'
    const bytesFor = async (user: number, at: number, hello: string): Promise<number> => {
      // The door may be closed again before the greeting is sent.
      const script = `trap '' PIPE; exec 3<>/dev/tcp/127.0.0.1/${at}; printf '${hello}' >&3; timeout 5 head -c 4 <&3 | wc -c`
      const as = ['--reuid', String(user), '--regid', String(user), '--clear-groups']
      return Number((await run('setpriv', [...as, 'bash', '-c', script])).stdout)
    }
    for (const [name, hello] of [
      ['Temporal', http2],
      ['Temporal Web UI', http],
    ] as const) {
      await until(async () => (await bytesFor(0, port(name), hello)) === 4)
      expect(await bytesFor(65_534, port(name), hello)).toBe(0)
    }
    // Everything else that Temporal listens at lies in a network of its own.
    const temporal = await descendantsOf(program.pid)
    const { stdout } = await run('ss', ['-Hltnp'])
    const listening = stdout
      .split('\n')
      .filter((line) => temporal.some((pid) => line.includes(`pid=${pid},`)))
    expect(listening.map((line) => Number(/:(\d+)\s/.exec(line)?.[1])).toSorted()).toEqual(
      [port('Temporal'), port('Temporal Web UI')].toSorted(),
    )
  })

  it('shows metrics with every series that the dashboard asks for, and its health', async () => {
    const read = async () => (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
    const asked = new Set(queries.flatMap(({ expr }) => seriesIn(expr)))
    await until(async () => {
      const shown = seriesOf(await read())
      return [...asked].every((name) => shown.has(name))
    })
    expect(await read()).toContain('obflow_up{part="temporal"} 1')
    expect((await fetch(`http://127.0.0.1:${metrics}/healthz`)).status).toBe(200)
  })

  it('has a Web UI that takes known names only, changes nothing, and says so to its page', async () => {
    const ui = `http://127.0.0.1:${port('Temporal Web UI')}`
    const ask = async (
      path: string,
      { host = 'localhost:9000', method = 'GET' } = {},
    ): Promise<number> => {
      const asked = request(`${ui}${path}`, { method, headers: { host } }).end()
      const [answer] = z
        .tuple([z.object({ statusCode: z.number() })])
        .parse(await once(asked, 'response'))
      asked.destroy()
      return answer.statusCode
    }
    expect(await ask('/', { host: 'rebound.example' })).toBe(403)
    expect(await ask('/')).toBe(200)
    const method = 'POST'
    expect(
      await ask('/api/v1/namespaces/default/workflows/create-cluster-1/terminate', { method }),
    ).toBe(403)
    expect(await ask('/api/v1/namespaces/default/workflows/x', { method })).toBe(403)
    expect(await (await fetch(`${ui}/api/v1/settings`)).json()).toMatchObject({
      DisableWriteActions: true,
    })
  })

  it('starts Temporal again at the same ports when it dies, and its worker goes on', async () => {
    const [gate = 0] = await childrenOf(program.pid)
    const [temporal = 0] = await childrenOf(gate)
    process.kill(temporal, 'SIGKILL')
    // Not the gap itself, which may be shorter than a look at it.
    await until(async () => program.said.includes('Temporal ended; it is started again'))
    await until(temporalAnswers)
    await until(async () => (await fetch(`${url}/readyz`)).status === 200)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const ui = `http://127.0.0.1:${port('Temporal Web UI')}/`
    await until(async () => (await fetch(ui).catch(() => undefined))?.status === 200)
  })

  it('ends on SIGTERM in bounded time though a caller never ends its request', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(
      `POST /services HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    )
    await createClient({ url, user: 'admin', password: secret }).get(
      '/api/v2/compute/regions',
      anything,
    )
    const children = await descendantsOf(program.pid)
    const before = Date.now()
    expect(await program.stop()).toBe(0)
    expect(Date.now() - before).toBeLessThan(40_000)
    socket.destroy()
    await until(async () => children.every((pid) => !isAlive(pid)))
  })
})
