import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'
import { claimPort } from '../../lab/ports/claim.ts'

const program = resolve(import.meta.dirname, '../../.tools/collector')

const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** OpenTelemetry's collector (tools/collector), which passes on what it takes. */
export class RealCollector implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess
  readonly #dir: string
  private constructor(url: string, child: ChildProcess, dir: string) {
    this.url = url
    this.#child = child
    this.#dir = dir
  }

  static async start(passOnTo: string): Promise<RealCollector> {
    const dir = await mkdtemp(join(tmpdir(), 'obflow-collector-'))
    const port = await claimPort()
    const file = join(dir, 'collector.yml')
    const configuration = {
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
      exporters: { otlp_http: { endpoint: passOnTo } },
      service: {
        pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } },
        telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
      },
    }
    await writeFile(file, stringify(configuration))
    const words = ['--pdeathsig', 'KILL', program, '--config', `file:${file}`]
    const child = spawn('setpriv', words, { stdio: ['ignore', 'ignore', 'inherit'] })
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`the collector ended with ${child.exitCode}`)
      await pause(100)
    }
    return new RealCollector(`http://127.0.0.1:${port}`, child, dir)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill()
    await ended
    await rm(this.#dir, { recursive: true, force: true })
  }
}
