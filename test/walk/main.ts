import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { byObd } from '../../bench/install/drivers.ts'
import { servesComplaints } from '../../bench/install/proof.ts'
import { writeWork } from '../../bench/install/work.ts'
import { clusterComplaints } from '../../lab/clusterCheck.ts'
import { type BuiltPackage, buildPackages, createLab } from '../../lab/index.ts'
import { sample } from '../../src/cli/topology/sample.ts'
import { type Answers, Server, Terminal } from '../readme/terminal.ts'
import { type Edit, editing } from './edit.ts'
import { Room } from './room.ts'
import { tableOf, type Walked } from './table.ts'
import { typedByReadme } from './typed.ts'

/**
 * `make walk`: someone has a clean Debian without a network, the bundle, packages and three hosts,
 * and types what README says until a cluster of three zones runs. Prints how long each command took
 * and how much was typed, beside obd's steps on the same hosts.
 */
const call = promisify(execFile)
const repository = resolve(import.meta.dirname, '../..')
const folder = join(repository, '.data/walk')
const say = (text: string): unknown => process.stdout.write(`${text}\n`)
const seconds = (since: number): number => (performance.now() - since) / 1000

/** Debian 12 as debootstrap makes it, and nothing else; made once. */
async function bareDebian(): Promise<string> {
  const base = join(folder, 'debian')
  if (existsSync(join(base, 'made'))) return base
  say('Making a bare Debian 12 …')
  await rm(base, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await call('debootstrap', ['--variant=minbase', 'bookworm', base], { maxBuffer: 2 ** 26 })
  await call('touch', [join(base, 'made')])
  return base
}

/** What the newcomer has with him: the bundle, packages, and the key that the hosts know. */
async function bring(dir: string, bundle: string, packages: readonly BuiltPackage[], key: string) {
  const brought = join(dir, 'brought')
  await mkdir(join(brought, '.ssh'), { recursive: true })
  for (const path of [bundle, ...packages.map(({ path }) => path)])
    await copyFile(path, join(brought, basename(path)))
  await copyFile(key, join(brought, '.ssh/id_ed25519'))
  await chmod(join(brought, '.ssh/id_ed25519'), 0o600)
}

const [bundle] = globSync(join(repository, '.data/obflow-*-linux-*.tar.gz'))
if (bundle === undefined) throw new Error('there is no bundle: node tools/bundle.ts')
const base = await bareDebian()
const built = await buildPackages()
const named = (name: string): BuiltPackage => {
  const found = built.find((each) => each.name === name)
  if (!found) throw new Error(`the lab has no ${name}`)
  return found
}
const server = named('oceanbase-ce')
const packages = [server, named('oceanbase-ce-libs'), named('obagent')]

const dir = await mkdtemp(join(folder, 'room-'))
await using stack = new AsyncDisposableStack()
stack.defer(() => rm(dir, { recursive: true, force: true }))
await using lab = await createLab({ hosts: 3 })
await bring(dir, bundle, packages, lab.users.root.privateKeyFile)
await using room = await Room.open({ lab, base, dir })
const { inside } = room
await using terminal = new Terminal({ cwd: '/', folder: dir, name: 'walk', inside })

const password = `Aa11--${randomBytes(6).toString('hex')}`
let servers: Server | undefined
stack.defer(() => servers?.[Symbol.asyncDispose]())

/** Values of the sample that are somebody else's: packages and addresses. */
const edits: readonly Edit[] = [
  ...packages.flatMap((built) => {
    const [, sampled = ''] = new RegExp(`- \\./(${built.name}-\\d\\S+)`).exec(sample) ?? []
    return sampled === basename(built.path) ? [] : [{ from: sampled, to: basename(built.path) }]
  }),
  ...lab.hosts.map(({ ip }, index) => ({ from: `[10.0.0.1${index + 1}]`, to: `[${ip}]` })),
]
for (const { from } of edits)
  if (!sample.includes(from)) throw new Error(`the sample has no ${from}`)

const walked: Walked = { commands: [], answers: 0, values: edits.length }
let exported = ''

async function type(command: string, answers: Answers = []): Promise<string> {
  const since = performance.now()
  const { status, output } = await terminal.run(command, { answers, timeoutMs: 600_000 })
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${output}`)
  walked.commands.push({ text: command, seconds: seconds(since) })
  walked.answers += answers.length
  say(`${seconds(since).toFixed(1).padStart(7)} s  $ ${command}`)
  return stripVTControlCharacters(output)
}

async function serve(command: string): Promise<string> {
  const since = performance.now()
  servers = await Server.start(`${exported}; ${command}`, {
    cwd: '/',
    inside,
    ready: 'Ctrl-C stops it',
  })
  walked.commands.push({ text: command, seconds: seconds(since) })
  say(`${seconds(since).toFixed(1).padStart(7)} s  $ ${command}`)
  const [, made] = /user admin, password (\S+)/.exec(servers.output) ?? []
  if (made === undefined) throw new Error(`no password is shown\n${servers.output}`)
  return made
}

let admin = ''
for (const command of typedByReadme()) {
  if (command.startsWith('obflow serve')) admin = await serve(command)
  else if (command.startsWith('obflow login')) await type(command, [['Password of admin', admin]])
  else if (command.startsWith('obflow init')) {
    await type(command)
    // As an editor would; counted as values.
    const edited = await terminal.run(editing(edits, 'cluster.yaml'))
    if (edited.status !== 0) throw new Error(edited.output)
  } else if (command.startsWith('obflow apply')) {
    const answers: Answers = [
      ['Do this?', 'y'],
      ['Password of root@sys', password],
    ]
    const said = await type(command, answers)
    if (!said.includes('Cluster terran is RUNNING')) throw new Error(said)
  } else {
    if (command.startsWith('export ')) exported = command
    await type(command)
  }
}
const complaints = await clusterComplaints({
  name: 'terran',
  password,
  version: server.version,
  packageName: server.name,
  hosts: lab.hosts,
  primaryZone: 'RANDOM',
})
if (complaints.length > 0) throw new Error(complaints.join('\n'))

const since = performance.now()
const again = await terminal.run('obflow apply -f cluster.yaml')
if (again.status !== 0 || !again.output.includes('Nothing to do')) throw new Error(again.output)
say(`${seconds(since).toFixed(1).padStart(7)} s  $ obflow apply -f cluster.yaml, a second time`)
await terminal.run('obflow destroy -f cluster.yaml --yes', { timeoutMs: 600_000 })

say("The steps of obd's source on the same hosts …")
const unpacked = join(dir, 'unpacked')
await mkdir(unpacked)
await call('bash', ['-c', 'rpm2cpio "$1" | cpio -idm --quiet', '_', server.path], { cwd: unpacked })
const work = writeWork({
  dir: join(dir, 'obd'),
  hosts: lab.hosts,
  observer: server,
  agentPackage: named('obagent'),
  name: 'terran',
  password: randomBytes(12).toString('hex'),
})
const begun = performance.now()
await byObd(
  work,
  {
    hosts: lab.hosts,
    rootKey: lab.users.root.privateKeyFile,
    adminPassword: lab.users.admin.password,
    signal: new AbortController().signal,
  },
  unpacked,
)
const obd = seconds(begun)
const missing = await servesComplaints({ hosts: lab.hosts, password: work.password })
if (missing.length > 0) throw new Error(missing.join('\n'))
say(`\n${tableOf(walked, obd)}`)
