/** What any child needs of its surroundings; everything else, every secret included, stays here. */
const passed = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'LC_ALL',
  'TZ',
  'NODE_OPTIONS',
  'MALLOC_ARENA_MAX',
] as const

/**
 * The environment of a child process: an allow-list, so that a new secret is never passed on by
 * default.
 */
export function childEnv(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  return Object.fromEntries(
    passed.flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
