import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** The product as it was before it was held against OceanBase's own sources. */
export const formerCommit = '2e852b1'

const top = resolve(import.meta.dirname, '../..')

/** Below this repository, so that its programs find today's node_modules. */
const home = join(top, '.data/former', formerCommit)

/** Its sources out of the history. */
export function formerSources(): string {
  if (existsSync(join(home, 'package.json'))) return join(home, 'src')
  mkdirSync(home, { recursive: true })
  const unpack = `git archive ${formerCommit} src package.json | tar -x -C "$1"`
  const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', unpack, 'bash', home], {
    cwd: top,
    encoding: 'utf8',
  })
  if (status === 0) return join(home, 'src')
  rmSync(home, { recursive: true })
  throw new Error(`this clone has no commit ${formerCommit}; git fetch --unshallow: ${stderr}`)
}

export interface Former extends AsyncDisposable {
  readonly url: string
  readonly password: string
}

/** `obflow serve` of that commit, with an API that hosts of the lab reach at this address. */
export async function serveFormer(address: string): Promise<Former> {
  const sources = formerSources()
  const dataDir = await mkdtemp(join(tmpdir(), 'obflow-former-'))
  const password = randomBytes(12).toString('base64url')
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', process.execPath, join(sources, 'cli.ts'), 'serve'],
    {
      env: {
        PATH: process.env.PATH,
        OBFLOW_DATA_DIR: dataDir,
        OBFLOW_LISTEN: `${address}:0`,
        OBFLOW_ADMIN_PASSWORD: password,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'exit')
  const close = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  }
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^API\s+(\S+)/.exec(line)?.[1]
    if (url) return { url, password, [Symbol.asyncDispose]: close }
  }
  await close()
  throw new Error(`the product of ${formerCommit} did not start`)
}
