import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { ensureAdmin } from '../../src/api/auth/admin.ts'
import { verifyPassword } from '../../src/api/auth/password.ts'
import { exitCodes } from '../../src/cli/exitCodes.ts'
import { holdDataDir } from '../../src/embedded/dataDir.ts'
import { Secret } from '../../src/quote.ts'
import { openConfiguredStore, type Store } from '../../src/store/index.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'

const program = resolve(import.meta.dirname, '../../src/cli.ts')

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const { NODE_COMPILE_CACHE = '' } = process.env

const obflow = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  new Promise((done) => {
    const options = { env: { NODE_COMPILE_CACHE, ...env } }
    const child = execFile(process.execPath, [program, ...args], options, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })

/** An API that refuses every call in the same way. */
async function refusing(status: number, code: string, message: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        successful: false,
        status,
        timestamp: new Date().toISOString(),
        error: { code, message },
      }),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`
}

describe('the obflow command', () => {
  test('lists what it can do', async () => {
    const { code, stdout } = await obflow(['help'])
    expect(code).toBe(0)
    for (const command of ['apply', 'cluster', 'serve', 'watch', 'reseal', 'help'])
      expect(stdout).toMatch(new RegExp(`^  ${command} .*$`, 'm'))
    for (const { code: each, text } of Object.values(exitCodes))
      expect(stdout).toMatch(new RegExp(`^  ${each} +${text}$`, 'm'))
  })

  test.each([
    [['frobnicate'], "Unknown command 'frobnicate'."],
    [['wach', '1'], `Unknown command 'wach'; did you mean "watch"?`],
    [['cluster', 'lst'], `Unknown command 'lst'; did you mean "ls"?`],
    [['watch'], "Missing required argument 'task'."],
    [['watch', '1', '--fast'], "Unknown option '--fast'."],
    [['watch', '1'], 'Run "obflow login", or set OBFLOW_PASSWORD'],
    [['reseal'], 'reseal needs DATABASE_URL'],
    [['serve', '--follow'], "Unknown option '--follow'."],
    [['constructor'], "Unknown command 'constructor'."],
    [['password'], "Missing required argument 'user'."],
    [['doctor'], 'obflow doctor needs --hosts'],
    [['apply'], "Required option '-f, --file <file>' not specified."],
    [['host', 'ls', '-o', 'xml'], "Option '-o, --output <form>' argument 'xml' is invalid."],
  ])('says what is wrong with %j, and how it is used', async (args, message) => {
    const { code, stderr } = await obflow(args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^[^\n]+ "obflow help" tells more\.\n$/)
    expect(stderr).not.toContain("'-- ")
  })

  test('names a setting that is wrong, in a sentence', async () => {
    const { code, stderr } = await obflow(['serve'], { OBFLOW_LISTEN: 'x' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^[^\n]+OBFLOW_LISTEN[^\n]+[^.]\. "obflow help" tells more\.\n$/)
  })

  test.each([['--version'], ['-V']])('tells its version on %s', async (word) => {
    expect(await obflow([word])).toEqual({ code: 0, stdout: 'obflow 0.1.0\n', stderr: '' })
  })

  test('without anything shows what it can do, as wrong usage', async () => {
    const { code, stdout, stderr } = await obflow([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: obflow')
  })

  test('explains a command', async () => {
    expect((await obflow(['help', 'watch'])).stdout).toContain(
      'Usage: obflow watch [options] <task>',
    )
  })

  test('ends quietly when nobody reads on', async () => {
    const shell = `'${process.execPath}' '${program}' completion bash | head -1`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-o', 'pipefail', '-c', shell])
    expect([stdout.split('\n').length, stderr]).toEqual([2, ''])
  })

  test('says that another server answers, and where it asked', async () => {
    const server = createServer((_, response) => void response.end('<html>')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`
    const { code, stderr } = await obflow(['watch', '1'], { OBFLOW_PASSWORD: 'x', OBFLOW_URL: url })
    expect(code).toBe(1)
    expect(stderr).toBe(
      `${url} answers, but not as this API does. Is that address obflow's? "obflow login" or OBFLOW_URL say where to look.\n`,
    )
  })

  test('gives a user whose password is lost a new one, on the machine that has the store', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'obflow-password-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    await placeEmptyDatabase(dir)
    const where = {
      databaseUrl: undefined,
      dataDir: dir,
      key: undefined,
      keyFile: join(dir, 'key'),
    }
    const env = { OBFLOW_DATA_DIR: dir }
    const inStore = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
      const store = await openConfiguredStore(where)
      return work(store).finally(() => store.close())
    }
    await inStore(async (store) => {
      await ensureAdmin(store, new Secret('forgotten'))
      await store.loginFailures.add('user/admin', new Date(), new Date(Date.now() + 60_000))
    })
    const { code, stdout } = await obflow(['admin', 'reset-password', 'admin'], env)
    expect(code).toBe(0)
    const password = /^New password of admin: (\S{20,})\n$/.exec(stdout)?.[1] ?? ''
    await inStore(async (store) => {
      const hash = (await store.users.byName('admin'))?.passwordHash ?? ''
      expect(await verifyPassword(new Secret(password), hash)).toBe(true)
      expect((await store.loginFailures.of(['user/admin'], new Date())).size).toBe(0)
    })
    expect(await obflow(['password', 'nobody'], env)).toMatchObject({
      code: 1,
      stderr: 'there is no user "nobody" in this store\n',
    })
    const release = await holdDataDir(dir)
    expect((await obflow(['password', 'admin'], env)).stderr).toContain(
      `another obflow works in ${dir}`,
    )
    release()
  })

  test('says that nothing answers, and where it asked', async () => {
    const { code, stderr } = await obflow(['watch', '1'], {
      OBFLOW_PASSWORD: 'x',
      OBFLOW_URL: 'http://127.0.0.1:1',
    })
    expect(code).toBe(1)
    expect(stderr).toBe(
      'No answer from the API at http://127.0.0.1:1. Is obflow running there? "obflow login" or OBFLOW_URL say where to look.\n',
    )
  })

  test('says that the password is wrong, without repeating it', async () => {
    const url = await refusing(401, 'COM10008', 'unauthorized')
    const { code, stderr } = await obflow(['watch', '1'], {
      OBFLOW_PASSWORD: 'wrong-one',
      OBFLOW_URL: url,
    })
    expect(code).toBe(1)
    expect(stderr).toContain('refuses this user or password')
    expect(stderr).not.toContain('wrong-one')
  })

  test('passes on what the API says of an unknown task', async () => {
    const url = await refusing(404, 'TSK10001', 'Task 7 does not exist.')
    const { code, stderr } = await obflow(['watch', '7'], { OBFLOW_PASSWORD: 'x', OBFLOW_URL: url })
    expect(code).toBe(1)
    expect(stderr).toBe('The API says: Task 7 does not exist. (TSK10001)\n')
  })
})
