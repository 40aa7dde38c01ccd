import type { Host } from '../../api/types.ts'
import type { TextKey } from '../../i18n/en.ts'
import type { Values } from '../../i18n/text.ts'
import type { Draft, DraftZone } from './draft.ts'

export interface Rule {
  readonly text: TextKey
  readonly values?: Values
}

/** What is wrong with a zone, said while it is typed; the API has the last word. */
export function zoneProblems(zone: DraftZone, { zones }: Draft) {
  const twice = zones.some(({ key, name }) => key !== zone.key && name === zone.name)
  const name: TextKey | undefined = !/^[a-z]\w{1,63}$/i.test(zone.name)
    ? 'create.rule.zoneName'
    : twice
      ? 'create.rule.zoneTwice'
      : undefined
  const idc: TextKey | undefined = zone.idcName === '' ? 'create.rule.idc' : undefined
  const servers: TextKey | undefined =
    zone.servers.length === 0 ? 'create.rule.zoneEmpty' : undefined
  return { name, idc, servers }
}

export const topologyIsGood = (draft: Draft): boolean =>
  draft.zones.length > 0 &&
  draft.zones.every((zone) =>
    Object.values(zoneProblems(zone, draft)).every((problem) => problem === undefined),
  )

export const nameIsGood = (name: string): boolean => /^[a-z]\w{1,47}$/i.test(name)
export const settingsAreGood = ({ name, password }: Draft): boolean =>
  nameIsGood(name) && password !== ''

/** What may be meant so, and mostly is not. */
export function topologyHints({ zones }: Draft, hosts: ReadonlyMap<number, Host>): Rule[] {
  const count = zones.length
  const hints: Rule[] = []
  if (count === 1) hints.push({ text: 'create.hint.single' })
  if (count > 0 && count % 2 === 0) hints.push({ text: 'create.hint.even', values: { count } })
  if (new Set(zones.map(({ servers }) => servers.length)).size > 1)
    hints.push({ text: 'create.hint.unequal' })
  for (const { name, idcName, servers } of zones) {
    const strange = servers
      .map((id) => hosts.get(id))
      .filter((host) => host !== undefined && idcName !== '' && host.idcName !== idcName)
      .map((host) => host?.innerIpAddress ?? '')
    if (strange.length > 0)
      hints.push({
        text: 'create.hint.idc',
        values: { zone: name, hosts: strange.slice(0, 5).join(', ') },
      })
  }
  return hints
}
