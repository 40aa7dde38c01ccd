import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'
import { claimPort } from '../../lab/ports/claim.ts'
import { Daemon } from '../support/daemon.ts'

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
  readonly #daemon: Daemon
  private constructor(url: string, daemon: Daemon) {
    this.url = url
    this.#daemon = daemon
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
    const daemon = new Daemon(dir, [program, '--config', `file:${file}`])
    while (!(await answers(port))) {
      if (daemon.exitCode !== null) throw new Error(`the collector ended with ${daemon.exitCode}`)
      await pause(100)
    }
    return new RealCollector(`http://127.0.0.1:${port}`, daemon)
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.#daemon[Symbol.asyncDispose]()
}
