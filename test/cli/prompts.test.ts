import { readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { accessOf } from '../../src/cli/connect.ts'
import { profilesFile, writeProfiles } from '../../src/cli/profiles.ts'
import { Terminal } from '../readme/terminal.ts'
import { packageNamed, sampleRpm } from '../store/inventory.ts'
import { type ServedApi, serveApi } from './served.ts'
import { typed } from './typed.ts'

const program = resolve(import.meta.dirname, '../../src/cli.ts')
const ctrlC = '\u0003'

let served: ServedApi
let terminal: Terminal
beforeAll(async () => {
  served = await serveApi()
  await served.api.reset()
  await served.api.store.packages.create(packageNamed(sampleRpm))
  terminal = new Terminal({ cwd: served.cwd, folder: served.cwd, name: 'prompts' })
  const settings = `HOME='${served.cwd}' NODE_COMPILE_CACHE='${process.env.NODE_COMPILE_CACHE ?? ''}'`
  await terminal.run(`obflow() { ${settings} '${process.execPath}' '${program}' "$@"; }`)
  await writeFile(
    join(served.cwd, 'cluster.yaml'),
    `packages: [${sampleRpm}]
login: {password: prompt}
cluster:
  name: terran
  password: prompt
  zones: [{name: zone1, hosts: [10.0.0.1]}]
`,
  )
})
afterAll(async () => {
  await terminal?.[Symbol.asyncDispose]()
  await served?.close()
})

it('a login asks for the password, shows nothing of it, and keeps it for nobody else', async () => {
  const wrong = await terminal.run(`obflow login --url ${served.url}`, {
    answers: [['Password of admin', 'wrong-one']],
  })
  expect([wrong.status, wrong.output]).toEqual([1, expect.stringContaining('refuses this user')])
  const { status, output } = await terminal.run(`obflow login --url ${served.url}`, {
    answers: [['Password of admin', 'admin-password']],
  })
  expect([status, output]).toEqual([0, expect.stringContaining('Logged in to')])
  expect(output).not.toContain('admin-password')
  const file = profilesFile({ HOME: served.cwd })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const { current } = z
    .object({ current: z.string() })
    .parse(JSON.parse(await readFile(file, 'utf8')))
  expect(current).toBe('default')
  expect(await terminal.run('obflow user ls -o name')).toEqual({ status: 0, output: 'admin\n' })
})

/** A command line with the login in the environment. */
const loggedIn = (line: string): string =>
  `OBFLOW_URL='${served.url}' OBFLOW_PASSWORD=admin-password ${line}`

it('an apply is not done without a yes, and Ctrl-C ends it', async () => {
  const before = await served.api.dump()
  const no = await terminal.run(loggedIn('obflow apply -f cluster.yaml'), {
    answers: [['Do this?', 'n']],
  })
  expect(no.status).toBe(1)
  expect(stripVTControlCharacters(no.output)).toContain('+ cluster   terran')
  const stopped = await terminal.run(loggedIn('obflow apply -f cluster.yaml'), {
    answers: [['Do this?', ctrlC]],
  })
  expect(stopped.status).toBe(130)
  const asked = await terminal.run(loggedIn('obflow user add alice'), {
    answers: [['Password', ctrlC]],
  })
  expect(asked.status).toBe(130)
  expect(await served.api.dump()).toEqual(before)
})

it('what cannot be taken back is done for who types its name', async () => {
  await served.api.post('/api/v2/compute/regions', { name: 'default' })
  const destroy = loggedIn('obflow destroy -f cluster.yaml --all')
  const question = 'Type terran to go on:'
  expect((await terminal.run(destroy, { answers: [[question, 'yes']] })).status).toBe(1)
  expect((await terminal.run(loggedIn('obflow region ls -o name'))).output).toBe('default\n')
  expect((await terminal.run(destroy, { answers: [[question, 'terran']] })).status).toBe(0)
  expect((await terminal.run(loggedIn('obflow region ls -o name -q'))).output).toBe('')
})

it('a stored password goes to no other address', async () => {
  const env = { HOME: served.cwd }
  const profile = { url: served.url, user: 'admin', password: 'admin-password' }
  writeProfiles(env, { current: 'default', profiles: { default: profile } })
  expect(accessOf({ env })).toMatchObject({ url: served.url, password: 'admin-password' })
  expect(() => accessOf({ env: { ...env, OBFLOW_URL: 'http://10.9.9.9:8080' } })).toThrow(
    'OBFLOW_PASSWORD',
  )
  expect(accessOf({ env: { ...env, OBFLOW_PASSWORD: 'x' } })).toMatchObject({ password: 'x' })
  expect((await typed(['host', 'ls', '--profile', 'none'], { env })).stderr).toContain(
    'There is no profile "none": obflow login --profile none.',
  )
  expect((await typed(['logout'], { env })).code).toBe(0)
  expect((await typed(['host', 'ls'], { env })).code).toBe(2)
})
