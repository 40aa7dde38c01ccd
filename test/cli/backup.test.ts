import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { claimPort } from '../../lab/ports/claim.ts'
import { createClient } from '../../src/cli/client.ts'
import { commandsOf } from '../readme/commands.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { startProgram } from '../support/program.ts'

const run = promisify(execFile)
const password = randomBytes(12).toString('base64url')
const named = z.object({ contents: z.array(z.looseObject({ name: z.string() })) })

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'obflow-backup-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** What docs/upgrade.md says to type, for another data directory. */
async function documented(data: string): Promise<string> {
  const page = await readFile(join(import.meta.dirname, '../../docs/upgrade.md'), 'utf8')
  const [command] = commandsOf(page).filter(({ text }) => text.includes('obflow-backup.tar.gz'))
  if (command === undefined) throw new Error('docs/upgrade.md has no backup of one process')
  return command.text.replaceAll('/var/lib/obflow', data)
}

async function served<T>(data: string, use: (url: string) => Promise<T>): Promise<T> {
  const port = await claimPort()
  const program = startProgram(
    'src/cli.ts',
    {
      OBFLOW_DATA_DIR: data,
      OBFLOW_LISTEN: `127.0.0.1:${port}`,
      OBFLOW_ADMIN_PASSWORD: password,
    },
    ['serve'],
  )
  try {
    while (program.running && !program.printed.includes('Ctrl-C')) await pause(50)
    if (!program.running) throw new Error(program.said)
    const result = await use(`http://127.0.0.1:${port}`)
    expect(await program.stop()).toBe(0)
    return result
  } finally {
    await program.close()
  }
}

it('the backup of the guide has all, for its maker alone, and is refused without its key', {
  timeout: 120_000,
}, async () => {
  const [data, put] = [join(dir, 'data'), join(dir, 'put')]
  await mkdir(data)
  await placeEmptyDatabase(data)
  await served(data, (url) =>
    createClient({ url, user: 'admin', password }).post(
      '/api/v2/profiles/me/credentials',
      {
        targetType: 'HOST',
        name: 'saved',
        sshCredentialProperty: { type: 'PASSWORD', username: 'admin', passphrase: password },
      },
      z.unknown(),
    ),
  )
  await run('bash', ['-c', await documented(data)], { cwd: dir })
  const backup = join(dir, 'obflow-backup.tar.gz')
  expect((await stat(backup)).mode & 0o777).toBe(0o600)

  await mkdir(put)
  await run('tar', ['-C', put, '-xzf', backup])
  const { contents } = await served(
    put,
    async (url) =>
      (
        await createClient({ url, user: 'admin', password }).get(
          '/api/v2/profiles/me/credentials',
          named,
        )
      ).data,
  )
  expect(contents.map(({ name }) => name)).toContain('saved')

  await rm(join(put, 'key'))
  await expect(served(put, async () => undefined)).rejects.toThrow('OBFLOW_KEY')
})
