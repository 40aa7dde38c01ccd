import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ledger } from '../../../src/host/ledger.ts'
import { layoutOf } from '../../../src/oceanbase/index.ts'
import { makeDirectories, removeDirectories } from '../../../src/oceanbase/observer/directories.ts'
import { type Quoted, sh } from '../../../src/quote.ts'
import { clusterOf } from '../cluster/fakeCluster.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'obflow-directories-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const cluster = () =>
  clusterOf(['10.0.0.1'], {
    osUser: userInfo().username,
    paths: {
      install: join(root, 'home/oceanbase'),
      data: join(root, 'data/1'),
      log: join(root, 'data/log1'),
    },
  })
const state = () => join(root, 'state')
const run = (script: Quoted, taskId = 7): string =>
  execFileSync('bash', {
    input: sh`${ledger(taskId, state())}owner=${userInfo().username}\n${script}`.text,
    encoding: 'utf8',
  })
const made = (taskId = 7): string => {
  const file = join(state(), String(taskId), 'made')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
const make = (taskId?: number): string => run(makeDirectories(cluster()), taskId)
const remove = (taskId?: number): string => run(removeDirectories(cluster()), taskId)

describe('the directories of a cluster', () => {
  it('are made, linked and marked with the task that made them', () => {
    make()
    const { store, dataRoot, directories } = layoutOf(cluster())
    for (const path of directories) expect(existsSync(path), path).toBe(true)
    expect(readlinkSync(join(store, 'sstable'))).toBe(join(dataRoot, 'sstable'))
    expect(readFileSync(join(dataRoot, '.obflow-task'), 'utf8')).toBe('7\n')
  })

  it('are not made a second time', () => {
    make()
    const before = made()
    expect(make()).toBe('')
    expect(made()).toBe(before)
  })

  it('are mended where something is missing', () => {
    make()
    const { dataRoot, store } = layoutOf(cluster())
    rmSync(join(dataRoot, 'sstable'), { recursive: true })
    rmSync(join(store, 'clog'))
    expect(make()).not.toContain('problem')
    expect(existsSync(join(dataRoot, 'sstable'))).toBe(true)
    expect(existsSync(join(store, 'clog'))).toBe(true)
  })

  it('leave nothing when they are taken back, what observer wrote included', () => {
    make()
    writeFileSync(join(layoutOf(cluster()).dataRoot, 'sstable/block_file'), 'x')
    remove()
    expect(readdirSync(root)).toEqual([])
    expect(remove()).toBe('')
  })

  it('leave what others put beside them', () => {
    make()
    const foreign = join(layoutOf(cluster()).dataRoot, 'notes')
    writeFileSync(foreign, 'x')
    expect(remove()).toContain(`left ${layoutOf(cluster()).dataRoot}`)
    expect(readdirSync(layoutOf(cluster()).dataRoot)).toEqual(['notes'])
    expect(made()).not.toContain('root')
  })

  it('are refused where something lies that the task did not make, and nothing is made', () => {
    const sstable = join(layoutOf(cluster()).dataRoot, 'sstable')
    mkdirSync(sstable, { recursive: true })
    writeFileSync(join(sstable, 'block_file'), 'x')
    expect(make()).toContain(`problem ${sstable} is not empty and was not made by this task`)
    expect(existsSync(layoutOf(cluster()).store)).toBe(false)
    remove()
    expect(readdirSync(sstable)).toEqual(['block_file'])
  })

  it('of a root that was there are only taken back below it', () => {
    const { dataRoot } = layoutOf(cluster())
    mkdirSync(join(dataRoot, 'sstable'), { recursive: true })
    make()
    writeFileSync(join(dataRoot, 'sstable/block_file'), 'x')
    remove()
    expect(readdirSync(dataRoot)).toEqual(['sstable'])
    expect(readdirSync(join(dataRoot, 'sstable'))).toEqual([])
  })

  it('of another task are refused, and survive its undo', () => {
    make(6)
    writeFileSync(join(layoutOf(cluster()).dataRoot, 'sstable/block_file'), 'x')
    expect(make(7)).toContain('problem')
    remove(7)
    expect(existsSync(join(layoutOf(cluster()).dataRoot, 'sstable/block_file'))).toBe(true)
  })

  it('survive a crash between the note and the deed', () => {
    const { dataRoot } = layoutOf(cluster())
    run(sh`note root ${dataRoot}; mkdir -p ${`${dataRoot}.obflow-7`}`)
    expect(make()).not.toContain('problem')
    remove()
    expect(existsSync(dataRoot)).toBe(false)
    expect(existsSync(`${dataRoot}.obflow-7`)).toBe(false)
  })
})

describe('a file that a task replaces', () => {
  it('is put back as it was', () => {
    const file = join(root, 'io_resource.conf')
    writeFileSync(file, 'theirs')
    run(sh`keep ${file}; echo ours >${file}`)
    run(sh`keep ${file}; echo ours again >${file}`)
    run(sh`put_back ${file}`)
    expect(readFileSync(file, 'utf8')).toBe('theirs')
    expect(existsSync(state())).toBe(false)
  })

  it('is removed when there was none', () => {
    const file = join(root, 'io_resource.conf')
    run(sh`keep ${file}; echo ours >${file}`)
    run(sh`put_back ${file}`)
    expect(existsSync(file)).toBe(false)
  })
})
