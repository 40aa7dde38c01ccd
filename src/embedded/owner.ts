/** The user that this process works for, and the one who started it with sudo. */
export function allowedUsers(
  env: Readonly<Record<string, string | undefined>> = process.env,
): number[] {
  const own = process.geteuid?.() ?? 0
  const sudo = own === 0 && /^\d+$/.test(env.SUDO_UID ?? '') ? [Number(env.SUDO_UID)] : []
  return [...new Set([own, 0, ...sudo])]
}
