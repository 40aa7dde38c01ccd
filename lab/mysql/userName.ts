export type FullUserName = { user: string; tenant: string | undefined; cluster: string | undefined }

/**
 * Takes `user[@tenant[#cluster]]` and the older `cluster:tenant:user` apart, as the observer and
 * obproxy do.
 */
export function parseUserName(full: string): FullUserName {
  const colon = full.split(':')
  if (colon.length === 3) return { cluster: colon[0], tenant: colon[1], user: colon[2] ?? '' }
  const [names = '', cluster] = split(full, '#')
  const [user = '', tenant] = split(names, '@')
  return { user, tenant: tenant || undefined, cluster: cluster || undefined }
}

function split(text: string, by: string): [string, string | undefined] {
  const at = text.lastIndexOf(by)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
