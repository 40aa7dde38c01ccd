import type { Host } from '../store/acceptance.ts'

/**
 * Of the hosts of a request those that are the machine of an earlier one, with the earlier one's
 * address; as they were last looked at.
 */
export function secondAddresses(
  ids: readonly number[],
  hosts: ReadonlyMap<number, Pick<Host, 'bootId' | 'innerIpAddress'>>,
): ReadonlyMap<number, string> {
  const first = new Map<string, { readonly id: number; readonly ip: string }>()
  const second = new Map<number, string>()
  for (const id of ids) {
    const host = hosts.get(id)
    if (!host?.bootId) continue
    const before = first.get(host.bootId)
    if (before === undefined) first.set(host.bootId, { id, ip: host.innerIpAddress })
    else if (before.id !== id) second.set(id, before.ip)
  }
  return second
}
