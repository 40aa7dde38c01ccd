import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ledger } from '../../src/host/index.ts'
import {
  type ClusterSpec,
  clearDirectories,
  directoryOwners,
  earlierBootstrap,
  emptyDirectories,
  layoutOf,
  noteBootstrapDone,
  noteBootstrapRefused,
  noteBootstrapSent,
  noteRestarted,
  readDirectoryOwners,
  readEarlierBootstrap,
  restartedAlready,
} from '../../src/oceanbase/index.ts'
import { makeDirectories } from '../../src/oceanbase/observer/directories.ts'
import { type Quoted, sh } from '../../src/quote.ts'
import { clusterOf } from '../activities/cluster/fakeCluster.ts'

let folder = ''
let cluster: ClusterSpec
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'obflow-directories-'))
  const paths = {
    install: join(folder, 'home'),
    data: join(folder, 'data'),
    log: join(folder, 'redo'),
  }
  cluster = clusterOf(['10.0.0.1'], { paths, osUser: userInfo().username })
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs a host script here, with its state below the test's folder. */
const run = (script: Quoted): string =>
  execFileSync('bash', {
    input: script.text.replaceAll('/var/lib/obflow', join(folder, 'state')),
    encoding: 'utf8',
    stdio: 'pipe',
  })

const makeAs = (taskId: number) => run(sh`${ledger(taskId)}${makeDirectories(cluster)}`)
const file = (...path: string[]) => {
  const name = join(folder, ...path)
  writeFileSync(name, 'x')
  return name
}

test('what an observer wrote is emptied, what "Make dir" made and the io bench result stay', () => {
  makeAs(7)
  const written = [
    file('data/terran/sstable/block_file'),
    file('redo/terran/clog/1'),
    file('home/store/terran/stray'),
    file('home/etc/observer.config.bin'),
  ]
  const kept = [file('home/etc/io_resource.conf')]
  run(emptyDirectories(cluster, 7))
  expect(written.filter(existsSync)).toEqual([])
  expect(
    [
      ...kept,
      ...layoutOf(cluster).directories,
      ...layoutOf(cluster).links.map(({ path }) => path),
    ].filter((path) => !existsSync(path)),
  ).toEqual([])
  expect(
    new Set(readDirectoryOwners(run(directoryOwners(cluster, 7))).map(({ owner }) => owner)),
  ).toEqual(new Set(['ours']))
})

test('nothing is emptied when one directory is not of this task', () => {
  makeAs(7)
  const written = file('data/terran/sstable/block_file')
  expect(() => run(emptyDirectories(cluster, 8))).toThrow('foreign')
  expect(existsSync(written)).toBe(true)
})

test('directories that were there and empty before the task belong to it as well', () => {
  mkdirSync(join(folder, 'data/terran/sstable'), { recursive: true })
  makeAs(7)
  const written = file('data/terran/sstable/block_file')
  run(emptyDirectories(cluster, 7))
  expect(existsSync(written)).toBe(false)
})

test('what others put into the directories of a cluster stays when the task is taken back', () => {
  makeAs(7)
  const written = file('data/terran/sstable/block_file')
  const foreign = file('data/terran/notes.txt')
  run(clearDirectories(cluster, 7))
  expect([written, foreign].filter(existsSync)).toEqual([foreign])
})

test('the log is kept under another name for a new start, and removed when the task is taken back', () => {
  makeAs(7)
  const log = file('home/log/observer.log')
  run(emptyDirectories(cluster, 7))
  expect(existsSync(log)).toBe(false)
  expect(readdirSync(join(folder, 'home/log'))).toEqual([
    expect.stringMatching(/^observer\.log\.\d{14}$/),
  ])
  run(clearDirectories(cluster, 7))
  expect(readdirSync(join(folder, 'home/log'))).toEqual([])
})

test('a BOOTSTRAP is remembered as running while the process it was sent to lives, as ended after that', () => {
  const earlier = () => readEarlierBootstrap(run(earlierBootstrap(cluster, 7)))
  const observerIs = (pid: number) =>
    writeFileSync(join(folder, 'home/run/observer.pid'), `${pid}\n`)
  const age = (seconds: number) => {
    const then = Date.now() / 1000 - seconds
    utimesSync(join(folder, 'state/7/bootstrap'), then, then)
  }
  /** Give or take the minute that a slow machine may need. */
  const awaited = () => {
    const seen = earlier()
    return seen.state === 'running' ? Math.round(seen.awaitedSeconds / 60) : undefined
  }
  makeAs(7)
  expect(earlier()).toEqual({ state: 'none' })
  observerIs(process.pid)
  run(noteBootstrapSent(cluster, 7))
  // Sent an hour ago, it is waited for from now on, whoever asks.
  age(3600)
  expect(awaited()).toBe(0)
  age(1800)
  expect(awaited()).toBe(30)
  expect(awaited()).toBe(30)
  run(noteBootstrapSent(cluster, 7))
  expect(awaited()).toBe(0)
  observerIs(1)
  expect(earlier()).toEqual({ state: 'ended', saidDone: false })
  observerIs(process.pid)
  run(noteBootstrapRefused(7))
  expect(earlier()).toEqual({ state: 'refused', saidDone: false })
  const log = join(folder, 'home/log/rootservice.log')
  writeFileSync(log, '[2026-01-01 00:00:00.000000] INFO  [BOOTSTRAP] succeed to do_boot_strap\n')
  expect(earlier()).toEqual({ state: 'refused', saidDone: true })
  run(noteBootstrapDone(7))
  expect(earlier()).toEqual({ state: 'done' })
  rmSync(log)
})

test('a restart is remembered for the run of the subtask that did it', () => {
  run(noteRestarted(7, '10-1'))
  expect(run(restartedAlready(7, '10-1')).trim()).toBe('restarted')
  expect(run(restartedAlready(7, '10-2')).trim()).toBe('')
})

test('taken back without anything made, the task leaves no state behind', () => {
  run(noteRestarted(7, '10-1'))
  run(clearDirectories(cluster, 7))
  expect(existsSync(join(folder, 'state'))).toBe(false)
})
