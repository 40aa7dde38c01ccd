import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A reason why the lab cannot do what was asked, in words for whoever started it. */
export class LabError extends Error {
  override readonly name = 'LabError'
}

const repository = resolve(import.meta.dirname, '../..')

/** Where the lab's own things lie. */
export const places = {
  repository,
  tools: join(repository, '.tools'),
  rpms: join(repository, '.tools/rpms'),
  kernel: join(repository, '.tools/seekdb'),
  labs: join(repository, '.data/labs'),
  /** One file per lab that is up, on a filesystem that a reboot empties. */
  state: '/run/obflow-lab',
}

/** Programs of this machine that hosts are made with, and the Debian package that brings each. */
const programs = {
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  nsenter: 'util-linux',
  flock: 'util-linux',
  pivot_root: 'util-linux',
  bash: 'bash',
  perl: 'perl-base',
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  sudo: 'sudo',
  rpm: 'rpm',
  rpmbuild: 'rpm',
} as const

/** Where Debian and the el family put programs; sbin is not on everybody's PATH. */
const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Refuses, with what to do, on a machine that cannot carry test hosts. */
export function assertMachine(): void {
  if (process.platform !== 'linux') {
    throw new LabError(
      `The lab needs Linux (its hosts are namespaces); this is ${process.platform}. Run it in a Linux virtual machine or container.`,
    )
  }
  if (process.getuid?.() !== 0) {
    throw new LabError(
      'The lab needs root, because it makes network namespaces and mounts. Start it again with sudo.',
    )
  }
  const missing = Object.entries(programs).filter(
    ([program]) => !folders.some((folder) => isExecutable(join(folder, program))),
  )
  if (missing.length > 0) {
    const names = missing.map(([program]) => program).join(', ')
    const packages = [...new Set(missing.map(([, from]) => from))].join(' ')
    throw new LabError(
      `The lab needs ${names}. Run \`bash tools/setup.sh\`, or install by hand: ${packages}.`,
    )
  }
  nodeBinary()
}

/** The pinned Node that programs inside the hosts run with; throws when it was not fetched yet. */
export function nodeBinary(): string {
  const path = join(places.tools, 'node/bin/node')
  if (!existsSync(path))
    throw new LabError(`${path} is missing. Run \`bash tools/setup.sh\` first.`)
  return realpathSync(path)
}

/** The preloaded library that shifts a host's clock; throws when the machine lacks it. */
export function faketimeLibrary(): string {
  const found = ['x86_64', 'aarch64']
    .map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)
    .find((path) => existsSync(path))
  if (!found)
    throw new LabError(
      'A skewed clock needs libfaketime. Run `bash tools/setup.sh`, or install the package libfaketime.',
    )
  return found
}
