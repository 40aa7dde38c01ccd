import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LabError, places } from '../hosts/machine.ts'
import { madeStore } from '../observer/kernel.ts'
import type { Content } from './labPackage.ts'

const lab = join(places.repository, 'lab')
const kernel = places.kernel

/** The program that makes JavaScript of what is staged. */
export const stripTypes = join(import.meta.dirname, 'stripTypes.ts')

/**
 * `exec -a` names the process after the launcher, so that ps and pidof find `observer` and not
 * `node`.
 */
const launcher = (program: string, loads: readonly string[]): string => `#!/bin/bash
for library in ${loads.join(' ')}; do
  IFS=: read -ra folders <<<"$LD_LIBRARY_PATH"
  for folder in "\${folders[@]}" ''; do [ -n "$folder" ] && [ -e "$folder/$library" ] && continue 2; done
  [[ $(ldconfig -p) == *"$library "* ]] && continue
  echo "$0: error while loading shared libraries: $library: cannot open shared object file: No such file or directory" >&2
  exit 127
done
here=$(readlink -f "\${BASH_SOURCE[0]}")
home=$(dirname "$(dirname "$here")")
exec -a "$0" /opt/obflow-lab/node "$home/${program}" "$@"
`

/**
 * Files of the kernel: the program, the one library of its wheel that it loads, and the store that
 * `makeStore` made.
 */
export function kernelFiles(): string[] {
  const files = ['seekdb', 'libaio.so.1', madeStore].map((name) => join(kernel, name))
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined)
    throw new LabError(`${missing} is missing. Run \`bash tools/setup.sh\` first.`)
  return files
}

/** The files of this repository that a thing is made from, the kernel's apart. */
export function filesOf(content: Content): string[] {
  if (content.kind === 'programs')
    return roomsOf(content.room)
      .flatMap(programsIn)
      .map((file) => join(lab, file))
  if (content.kind !== 'tree') return [join(import.meta.dirname, 'stage.ts'), stripTypes]
  return globSync(`${content.from}/**`, { cwd: lab, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** The folders of lab/ that a program's folder imports from, itself included. */
function roomsOf(room: string, known: readonly string[] = []): readonly string[] {
  if (known.includes(room)) return known
  const imported = programsIn(room).flatMap((file) => [
    ...readFileSync(join(lab, file), 'utf8').matchAll(/from '(?:\.\.\/)+(\w+)\//g),
  ])
  const beside = imported
    .flatMap((match) => match[1] ?? [])
    .filter((name) => existsSync(join(lab, name)))
  return beside.reduce<readonly string[]>((rooms, name) => roomsOf(name, rooms), [...known, room])
}

/** The TypeScript files of one folder of lab/, relative to lab/. */
function programsIn(room: string): string[] {
  return globSync(`${room}/**/*.ts`, { cwd: lab })
    .filter((file) => !file.endsWith('.test.ts'))
    .sort()
}

/** Lays one thing of a package out below `target`, the package's root in the build root. */
export function stage(content: Content, target: string): void {
  const at = join(target, content.at)
  mkdirSync(dirname(at), { recursive: true })
  switch (content.kind) {
    case 'launcher':
      writeFileSync(at, launcher(content.program, content.loads ?? []))
      chmodSync(at, 0o755)
      return
    case 'programs':
      mkdirSync(at, { recursive: true })
      for (const file of roomsOf(content.room).flatMap(programsIn))
        cpSync(join(lab, file), join(at, file), { recursive: true })
      // Node takes .js files for what the nearest package.json says.
      writeFileSync(join(at, 'package.json'), '{ "type": "module" }\n')
      return
    case 'tree':
      if (existsSync(join(lab, content.from)))
        cpSync(join(lab, content.from), at, { recursive: true })
      return
    case 'kernel':
      mkdirSync(at, { recursive: true })
      // Linked, not copied: 145 MB three times over would be most of the build.
      for (const file of kernelFiles()) linkSync(realpathSync(file), join(at, basename(file)))
      return
    case 'library':
      cpSync(realpathSync(join(kernel, content.file)), at)
      return
    case 'text':
      writeFileSync(at, content.text)
      chmodSync(at, content.mode ?? 0o644)
      return
    case 'link':
      symlinkSync(content.to, at)
      return
    case 'folder':
      mkdirSync(at, { recursive: true })
  }
}
