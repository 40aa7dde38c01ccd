import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { benchFolder, benchScript, readBench } from '../../src/oceanbase/observer/ioBench.ts'
import { terran } from './cluster.ts'

// The script runs as it is; the programs that it finds are told what to say.
// Sources: kernel 4.2.5 tools/ob_admin/io_bench/{ob_admin_io_executor.cpp,bench_io.sh}; 3.1.5
// deps/oblib/src/lib/io/ob_io_benchmark.{h,cpp}.

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'obflow-bench-'))
  for (const folder of ['path', 'home/bin', 'data/terran'])
    mkdirSync(join(root, folder), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const program = (path: string, body: string): void =>
  writeFileSync(join(root, path), `#!/bin/bash\n${body}\n`, { mode: 0o755 })

const clusterOf = (version: string) =>
  terran({ version, paths: { install: join(root, 'home'), data: join(root, 'data'), log: '/log' } })

const result = 'io_type    io_size_byte    io_ps           io_rt_us  \n0          16384           '

/**
 * ob_admin as far as the script sees it: it is called, makes its file, and says what it measured.
 */
const obAdmin = (iops: string, more = ''): void =>
  program(
    'home/bin/ob_admin',
    `echo "$*" >${root}/called\ntouch "$5/bench_chunk"\n${more}\nprintf '${result}${iops}        463.57    \\n' >"$3/io_resource.conf"`,
  )

/** What lies on the host: a package with these programs, and so many free mebibytes. */
const onHost = (programs: readonly string[], freeMib: number): void => {
  const files = programs.map((name) => `${root}/home/bin/${name}`).join('\\n')
  program('path/rpm', `printf '${files}\\n'`)
  program('path/df', `printf 'Filesystem\\n/dev/x 1 1 ${freeMib * 1024} 1%% /\\n'`)
  program('path/fio', "echo '3;fio-3.33;read 16384;;;;;2000'")
}

const env = () => ({ PATH: `${join(root, 'path')}:${process.env.PATH ?? ''}` })
const scriptFor = (version: string): string =>
  benchScript({ cluster: clusterOf(version), packages: ['oceanbase-1-1.x86_64'], times: 1 }).text
const bench = (version: string) =>
  readBench(execFileSync('bash', { input: scriptFor(version), env: env(), encoding: 'utf8' }))
const called = (): string | undefined => {
  const file = join(root, 'called')
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}

describe('ob_admin io_bench', () => {
  it.each([
    [200_000, '-f 4096M'],
    [5000, '-f 500M'],
  ])('of 4.x, with %i MiB free, is told a file of %s', (free, option) => {
    obAdmin('68895.00')
    onHost(['observer', 'ob_admin', 'bench_io.sh'], free)
    expect(bench('4.2.1.8')).toMatchObject({ tool: 'ob_admin', points: [{ iops: 68_895 }] })
    const folder = benchFolder(clusterOf('4.2.1.8'))
    const [, conf = '', data] = /^io_bench -c (\S+) -d (\S+) /.exec(called() ?? '') ?? []
    expect(conf).toMatch(new RegExp(`^${folder}/\\d+$`))
    expect(called()).toBe(`io_bench -c ${conf} -d ${data} ${option}`)
    expect(data).toBe(conf)
    expect(existsSync(folder)).toBe(false)
  })

  it('up to 3.x makes a file of its own size', () => {
    obAdmin('68895.00')
    onHost(['observer', 'ob_admin'], 5000)
    expect(bench('2.2.73').tool).toBe('ob_admin')
    expect(called()).not.toContain('-f')
  })

  it.each([
    ['of 4.x without bench_io.sh, as in oceanbase-ce-utils', '4.2.5.0', ['ob_admin'], 200_000],
    ['of 4.x with no room for a file', '4.2.1.8', ['ob_admin', 'bench_io.sh'], 600],
    ['of 3.x with no room for its file', '3.2.4.1', ['ob_admin'], 2000],
    ['that no package lists', '4.2.1.8', ['observer'], 200_000],
  ])('%s is not called', (_, version, programs, free) => {
    obAdmin('68895.00')
    onHost(programs, free)
    expect(bench(version)).toMatchObject({ tool: 'fio', points: [{ iops: 2000 }] })
    expect(called()).toBeUndefined()
  })

  it('that measured nothing, which it says is 0, leaves it to fio', () => {
    obAdmin('0.00')
    onHost(['ob_admin', 'bench_io.sh'], 200_000)
    expect(bench('4.2.1.8').tool).toBe('fio')
    expect(called()).toBeDefined()
  })

  it('is not disturbed by the guard of a bench that ended just before', () => {
    obAdmin('68895.00', `sleep 1; [ -e "$5/bench_chunk" ] || exit 1`)
    onHost(['ob_admin', 'bench_io.sh'], 200_000)
    expect([bench('4.2.1.8').tool, bench('4.2.1.8').tool]).toEqual(['ob_admin', 'ob_admin'])
  })

  it('leaves nothing on the disk when it is killed with the shell that called it', async () => {
    obAdmin('68895.00', `echo $$ >${root}/pid; exec sleep 1000`)
    onHost(['ob_admin', 'bench_io.sh'], 200_000)
    const folder = benchFolder(clusterOf('4.2.1.8'))
    const shell = spawn('bash', ['-c', scriptFor('4.2.1.8')], { env: env(), stdio: 'ignore' })
    const ended = once(shell, 'exit')
    const pid = await vi.waitFor(() => Number(readFileSync(join(root, 'pid'), 'utf8')), 10_000)
    expect(existsSync(join(folder, String(shell.pid), 'bench_chunk'))).toBe(true)
    shell.kill('SIGKILL')
    await ended
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => expect(existsSync(folder)).toBe(false), 10_000)
  })
})
