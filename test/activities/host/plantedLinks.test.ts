import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ledger } from '../../../src/host/ledger.ts'
import { clearDirectories, emptyDirectories, layoutOf } from '../../../src/oceanbase/index.ts'
import { makeDirectories, removeDirectories } from '../../../src/oceanbase/observer/directories.ts'
import { benchFolder } from '../../../src/oceanbase/observer/ioBench.ts'
import { type Quoted, sh } from '../../../src/quote.ts'
import { clusterOf } from '../cluster/fakeCluster.ts'

/** An account of every system, with as few rights as the OS user of a cluster has. */
const user = {
  name: 'nobody',
  uid: 65_534,
  gid: Number(execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' })),
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'obflow-links-'))
  chmodSync(root, 0o755)
  for (const disk of ['home', 'data', 'redo']) {
    mkdirSync(join(root, disk))
    chownSync(join(root, disk), user.uid, user.gid)
  }
  // What the OS user must not touch: a folder and a file of root's.
  mkdirSync(join(root, 'victim'), { mode: 0o755 })
  mkdirSync(join(root, 'victim/sstable'), { mode: 0o755 })
  for (const name of ['observer.log', 'observer.config.bin', 'sstable/block_file', 'secret'])
    writeFileSync(join(root, 'victim', name), 'x', { mode: 0o600 })
})
afterEach(() => rmSync(root, { recursive: true }))

const cluster = () =>
  clusterOf(['10.0.0.1'], {
    osUser: user.name,
    paths: {
      install: join(root, 'home/oceanbase'),
      data: join(root, 'data'),
      log: join(root, 'redo'),
    },
  })

/** Runs a root script as a host does; how it ends does not matter here. */
const run = (script: Quoted): string => {
  const input = script.text.replaceAll('/var/lib/obflow', join(root, 'state'))
  try {
    return execFileSync('bash', { input, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}
const asUser = (script: Quoted) =>
  execFileSync('runuser', ['-u', user.name, '--', 'bash', '-ec', script.text], {
    encoding: 'utf8',
    stdio: 'pipe',
  })

const victim = (): string[] =>
  ['', ...readdirSync(join(root, 'victim'), { recursive: true, encoding: 'utf8' })]
    .sort()
    .map((name) => {
      const { uid, mode, size } = lstatSync(join(root, 'victim', name))
      return `${name} ${uid} ${mode.toString(8)} ${name === '' || name === 'sstable' ? '' : size}`
    })

const withLedger = (script: Quoted): Quoted => sh`${ledger(7)}${script}`
const saveIoResource = (): Quoted =>
  withLedger(
    sh`owner=${user.name}\nkeep ${layoutOf(cluster()).ioResource}\nprintf x | write_file ${layoutOf(cluster()).ioResource}`,
  )

/** What root does on a host for a cluster, by the node that does it. */
const deeds = {
  'Make dir for ob': () => withLedger(makeDirectories(cluster())),
  'Execute io bench': saveIoResource,
  'Bootstrap ob, begun afresh': () => emptyDirectories(cluster(), 7),
  'Bootstrap ob, rolled back': () => clearDirectories(cluster(), 7),
  'Execute io bench, rolled back': () =>
    withLedger(
      sh`owner=${user.name}\nremove ${benchFolder(cluster())}\nput_back ${layoutOf(cluster()).ioResource}`,
    ),
  'Make dir for ob, rolled back': () => withLedger(removeDirectories(cluster())),
} as const

const aside = (path: string): string => `${path}.obflow-7`

/**
 * Where the OS user may plant a link to something of root's: what a node writes, deletes or gives
 * away, and what it makes those as.
 */
const plants = () => {
  const { dataRoot, redoRoot, store, log, etc, run: runDirectory, ioResource } = layoutOf(cluster())
  return {
    home: { at: join(root, 'home/oceanbase'), to: 'victim' },
    store: { at: store, to: 'victim' },
    dataRoot: { at: dataRoot, to: 'victim' },
    draftOfRoot: { at: aside(dataRoot), to: 'victim' },
    mark: { at: join(dataRoot, '.obflow-task'), to: 'victim/secret' },
    sstable: { at: join(dataRoot, 'sstable'), to: 'victim' },
    clog: { at: join(redoRoot, 'clog'), to: 'victim/sstable' },
    etc: { at: etc, to: 'victim' },
    log: { at: log, to: 'victim' },
    draftOfRun: { at: aside(runDirectory), to: 'victim' },
    ioResource: { at: ioResource, to: 'victim/secret' },
    newIoResource: { at: `${ioResource}.new`, to: 'victim/secret' },
    keptIoResource: { at: aside(ioResource), to: 'victim/secret' },
    benchFolder: { at: benchFolder(cluster()), to: 'victim/secret' },
  } as const
}

const table: readonly (readonly [
  keyof typeof deeds,
  readonly (keyof ReturnType<typeof plants>)[],
])[] = [
  ['Make dir for ob', ['home', 'store', 'draftOfRoot', 'draftOfRun', 'clog']],
  ['Execute io bench', ['etc', 'ioResource', 'newIoResource']],
  ['Bootstrap ob, begun afresh', ['dataRoot', 'sstable', 'log', 'etc', 'mark']],
  ['Bootstrap ob, rolled back', ['sstable', 'log']],
  ['Execute io bench, rolled back', ['keptIoResource', 'benchFolder', 'etc']],
  ['Make dir for ob, rolled back', ['dataRoot', 'sstable', 'log', 'etc']],
]

it.each(table)(
  '%s touches nothing of root through a link that the OS user planted',
  (deed, planted) => {
    const before = victim()
    const stage = join(root, 'stage')
    const places = ['home', 'data', 'redo', 'state']
    run(deeds['Make dir for ob']())
    run(saveIoResource())
    mkdirSync(stage)
    for (const place of places) execFileSync('cp', ['-a', join(root, place), stage])
    for (const name of planted) {
      const { at, to } = plants()[name]
      asUser(sh`mkdir -p "$(dirname ${at})"; rm -rf ${at}; ln -s ${join(root, to)} ${at}`)
      run(deeds[deed]())
      expect(victim(), `${at} -> ${to}`).toEqual(before)
      for (const place of places) rmSync(join(root, place), { recursive: true, force: true })
      execFileSync('cp', ['-a', ...places.map((place) => join(stage, place)), root])
    }
  },
)

it('what root makes, empties and removes stays in its place while the OS user swaps directories for links', async () => {
  const before = victim()
  const { dataRoot, etc } = layoutOf(cluster())
  run(deeds['Make dir for ob']())
  const swaps = sh`trap exit TERM
while :; do
  for path in ${dataRoot} ${etc} ${join(dataRoot, 'sstable')}; do
    mv -T "$path" "$path.away" && ln -s ${join(root, 'victim')} "$path" && rm -f "$path" && mv -T "$path.away" "$path"
  done 2>/dev/null
done`
  const swapper = spawn('runuser', ['-u', user.name, '--', 'bash', '-c', swaps.text], {
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise((resolve) => swapper.once('exit', resolve))
  try {
    for (const deed of Object.values(deeds)) run(deed())
  } finally {
    if (swapper.pid !== undefined) process.kill(-swapper.pid, 'SIGTERM')
    await ended
  }
  expect(victim()).toEqual(before)
})
