/** Directories of the operating system: nothing of a cluster lies there, nor anywhere below. */
const whole = [
  'bin',
  'boot',
  'dev',
  'etc',
  'lib',
  'lib32',
  'lib64',
  'libx32',
  'proc',
  'run',
  'sbin',
  'sys',
  'var/run',
]

/** Of these only what lies below may be a cluster's: they hold what belongs to others. */
const roots = [
  '',
  'home',
  'media',
  'mnt',
  'opt',
  'root',
  'srv',
  'tmp',
  'var',
  'var/cache',
  'var/lib',
  'var/log',
  'var/tmp',
  'usr/local',
]

const localParts = [
  'bin',
  'etc',
  'games',
  'include',
  'lib',
  'lib64',
  'libexec',
  'man',
  'sbin',
  'share',
  'src',
]

/**
 * Whether a path is a directory that the system or all its users share. Source: Filesystem
 * Hierarchy Standard 3.0.
 */
export function isOfSystem(path: string): boolean {
  const name = path.replace(/^\/+|\/+$/g, '')
  if (roots.includes(name)) return true
  const below = (directory: string): boolean =>
    name === directory || name.startsWith(`${directory}/`)
  if (below('usr'))
    return !below('usr/local') || localParts.some((part) => below(`usr/local/${part}`))
  return whole.some(below)
}
