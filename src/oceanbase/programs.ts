/**
 * Where a product lies, read from the programs that its package lists (absolute paths): names and
 * prefixes of packages do not tell it.
 */

/** Whether a path that a package lists is a program's. */
export const isProgram = (path: string): boolean => /\/bin\/[^/]+$/.test(path)

/** An agent as its package brings it. */
export interface Agent {
  readonly home: string
  /** The daemon's name, of its pid file and its process too. */
  readonly daemon: string
  /** Its control program's name; agents of OCP up to 3.1 have none. */
  readonly control?: string
}

/** The home of `<home>/bin/<name>`, for the first of the names that is listed. */
function listed(
  programs: readonly string[],
  names: readonly string[],
): { readonly home: string; readonly name: string } | undefined {
  for (const name of names) {
    const path = programs.find((program) => program.endsWith(`/bin/${name}`))
    if (path !== undefined) return { home: path.slice(0, -`/bin/${name}`.length), name }
  }
  return undefined
}

/**
 * The agent of a package. Source: obagent rpm/obagent.spec (`ob_…`, below /home/admin/obagent); OCP
 * manual, "OCP-Agent processes" (`ocp_…`; up to OCP 3.1 without a control program).
 */
export function agentIn(programs: readonly string[]): Agent | undefined {
  const found = listed(programs, ['ocp_agentd', 'ob_agentd'])
  if (found === undefined) return undefined
  const { home, name: daemon } = found
  const control = daemon.replace(/d$/, 'ctl')
  return programs.includes(`${home}/bin/${control}`) ? { home, daemon, control } : { home, daemon }
}

/**
 * The home of a package's proxy. Source: obproxy deps/3rd/obproxy.spec
 * (/home/admin/obproxy-<version>); obdeploy plugins/obproxy/3.1.0/file_map.yaml
 * (/opt/taobao/install/obproxy-<version>).
 */
export const obproxyIn = (programs: readonly string[]): string | undefined =>
  listed(programs, ['obproxy'])?.home

/**
 * The observer of a server's package: right below a prefix, which an install exchanges for the
 * installPath. Source: kernel cmake/Pack.cmake, observer's DESTINATION bin.
 */
export const observerIn = (
  programs: readonly string[],
  prefixes: readonly string[],
): string | undefined =>
  programs.find((program) =>
    prefixes.length === 0
      ? program.endsWith('/bin/observer')
      : prefixes.some((prefix) => program === `${prefix}/bin/observer`),
  )
