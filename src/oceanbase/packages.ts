/**
 * The packages of OceanBase, and which of them belong together. Source: kernel, cmake/Pack.cmake
 * and cmake/RPM.cmake (components server, libs, utils; name by edition).
 */

/** What a package of OceanBase is in its set, by the end of its name. */
const roles = {
  server: /^oceanbase(-ce|-standalone)?$/,
  libs: /^oceanbase(-ce|-standalone)?-libs$/,
  utils: /^oceanbase(-ce|-standalone)?-utils$/,
} as const

export type PackageRole = keyof typeof roles

/** Libraries before the server that loads them, tools last. */
const order: readonly PackageRole[] = ['libs', 'server', 'utils']

/** Undefined for what is no package of OceanBase. */
export const roleOf = (name: string): PackageRole | undefined =>
  order.find((role) => roles[role].test(name))

/** Those facts of an rpm that tell which packages belong together. */
export interface SetMember {
  readonly name: string
  readonly version: string
  readonly release: string
  readonly architecture: string
  /**
   * Requirements as rpm writes them: `jq`, `oceanbase-ce-libs = 4.2.5.0`, `libaio.so.1()(64bit)`.
   */
  readonly requires: readonly string[]
  readonly provides: readonly string[]
}

export interface PackageSet<Member extends SetMember> {
  /** In the order of an install. */
  readonly packages: readonly Member[]
  /** Requirements of the server that only another package of OceanBase can meet. */
  readonly missing: readonly string[]
}

/** The name in a requirement such as `oceanbase-ce-libs = 4.2.5.0`. */
const nameIn = (need: string): string => need.split(' ')[0] ?? need

/** Of one build: the packages of a version come out of one run of the build. */
const sameBuild = (one: SetMember, other: SetMember): boolean =>
  one.version === other.version &&
  one.release === other.release &&
  one.architecture === other.architecture

const meets = (member: SetMember, need: string): boolean => {
  const [name = '', operator, version] = need.split(' ')
  if (member.provides.some((provided) => nameIn(provided) === name)) return true
  if (member.name !== name) return false
  return (
    operator !== '=' ||
    [member.version, `${member.version}-${member.release}`].includes(version ?? '')
  )
}

/**
 * A server package with those of its build that it needs, and its tools when they are there. The
 * same build only, so that one uploaded later changes nothing for a cluster that is being made.
 */
export const setOf = <Member extends SetMember>(
  server: Member,
  uploaded: readonly Member[],
): PackageSet<Member> => {
  const others = uploaded.filter(
    (each) => each.name !== server.name && sameBuild(each, server) && roleOf(each.name),
  )
  const tools = `${server.name}-utils`
  const members = others.filter(
    (each) => each.name === tools || server.requires.some((need) => meets(each, need)),
  )
  const rank = ({ name }: SetMember): number => order.indexOf(roleOf(name) ?? 'server')
  return {
    packages: [server, ...members].sort((one, other) => rank(one) - rank(other)),
    missing: server.requires.filter(
      (need) => roleOf(nameIn(need)) !== undefined && !others.some((each) => meets(each, need)),
    ),
  }
}

/**
 * What rpm itself, or every host, answers to; and conditions in brackets, which only rpm can judge.
 */
const everywhere = /^(\(|rpmlib\(|config\(|\/(usr\/)?bin\/(ba)?sh$)/

/** Names that packages of the host have to provide. */
export const needsOfHost = (packages: readonly SetMember[]): readonly string[] => {
  const needs = packages.flatMap(({ requires }) => requires)
  const open = needs.filter(
    (need) => !everywhere.test(need) && !packages.some((each) => meets(each, need)),
  )
  return [...new Set(open.map(nameIn))].filter((name) => roleOf(name) === undefined)
}
