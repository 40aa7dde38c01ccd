import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { claimPort } from '../../lab/ports/claim.ts'
import { Daemon } from '../support/daemon.ts'

const model = resolve(import.meta.dirname, '../../deploy/prometheus')

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
})
export type Series = z.infer<typeof answer>['data']['result'][number]

const configuration = z.looseObject({
  scrape_configs: z.array(
    z.looseObject({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
  ),
})

/** Debian's Prometheus with deploy/prometheus as its configuration, but for where obflow listens. */
export class Prometheus implements AsyncDisposable {
  readonly url: string
  readonly #daemon: Daemon
  private constructor(url: string, daemon: Daemon) {
    this.url = url
    this.#daemon = daemon
  }

  static async start(target: string): Promise<Prometheus> {
    const dir = await mkdtemp(join(tmpdir(), 'obflow-prometheus-'))
    await cp(model, dir, { recursive: true })
    const file = join(dir, 'prometheus.yml')
    const read = configuration.parse(parse(await readFile(file, 'utf8')))
    for (const scrape of read.scrape_configs) {
      Object.assign(scrape, { scrape_interval: '1s', static_configs: [{ targets: [target] }] })
    }
    await writeFile(file, stringify(read))
    await promisify(execFile)('promtool', ['check', 'config', file])
    const port = await claimPort()
    const words = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    return new Prometheus(
      `http://127.0.0.1:${port}`,
      new Daemon(dir, ['prometheus', '--log.level=error', ...words]),
    )
  }

  async query(query: string): Promise<Series[]> {
    const reply = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query })}`)
    return answer.parse(await reply.json()).data.result
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.#daemon[Symbol.asyncDispose]()
}
