import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '../../lab/index.ts'

/** Programs that change a host. Before each of them lies a point at which a script is killed. */
const acting =
  'mkdir chown chmod mv ln rm rmdir cp install rpm dd tee sync touch runuser setsid find xargs mktemp fio kill timeout'.split(
    ' ',
  )

/** Programs that change a host only when their output goes to a file. */
const writing = ['cat', 'awk', 'sed', 'tac', 'head']

/** Scripts wait in a loop of these: only the first in a row is a point, or chance would count. */
const waiting = ['sleep']

/** Each call takes its own number; the chosen one kills its process group, the script included. */
const shim = (program: string, real: string): string => `#!/bin/sh
counts=yes
${writing.includes(program) ? '[ -f "/proc/$$/fd/1" ] || counts=' : ''}
read -r last </run/kills/last
${waiting.includes(program) ? `[ "$last" != ${program} ] || counts=` : ''}
if [ "$counts" ]; then
  read -r number </run/kills/count
  read -r target </run/kills/target
  number=$((number + 1))
  set -C
  while ! true >"/run/kills/calls/$number"; do number=$((number + 1)); done 2>/dev/null
  set +C
  echo "$number" >/run/kills/count
  echo ${program} >/run/kills/last
  if [ "$number" = "$target" ]; then
    echo "${program} $*" >/run/kills/killed
    kill -KILL 0
  fi
fi
exec ${real} "$@"
`

/**
 * Where a script looks for programs first. While nothing is to be killed it leads nowhere: a shim
 * costs more than most commands do.
 */
const folder = '/usr/local/sbin'

/** The kill points of one host. */
export interface Shims {
  /** From now on the call of that number is killed; 0 kills none. */
  arm(call: number): Promise<void>
  /** The call that was killed since, if any. */
  killed(): Promise<string | undefined>
}

/** Puts the shims in the way of every script that runs on a host. */
export async function putShims(host: LabHost): Promise<Shims> {
  const notes = join(host.root, 'run/kills')
  const on = join(host.root, 'run/kills-bin')
  const off = `${on}.off`
  /** For every user of the host, whose scripts call the shims. */
  const put = (name: string, text: string): void => {
    writeFileSync(join(notes, name), text)
    chmodSync(join(notes, name), 0o666)
  }
  const arm = async (call: number): Promise<void> => {
    rmSync(notes, { recursive: true, force: true })
    for (const at of [notes, join(notes, 'calls')]) {
      mkdirSync(at)
      chmodSync(at, 0o777)
    }
    put('last', '\n')
    put('count', '0\n')
    put('target', `${call}\n`)
    if (existsSync(on) !== call > 0)
      renameSync(...(call > 0 ? ([off, on] as const) : ([on, off] as const)))
  }
  mkdirSync(off)
  for (const program of [...acting, ...writing, ...waiting]) {
    const real = (
      await host.exec(`PATH=/usr/bin:/usr/sbin:/bin:/sbin command -v ${program}`)
    ).stdout.trim()
    if (real === '') continue
    const at = join(off, program)
    writeFileSync(at, shim(program, real))
    chmodSync(at, 0o755)
  }
  rmdirSync(join(host.root, folder))
  symlinkSync('/run/kills-bin', join(host.root, folder))
  return {
    arm,
    killed: async () => {
      const at = join(notes, 'killed')
      return existsSync(at) ? readFileSync(at, 'utf8').trim() : undefined
    },
  }
}
