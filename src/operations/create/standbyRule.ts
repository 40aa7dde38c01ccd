import type { Finding } from '../../errors/refused.ts'
import { type Said, say } from '../../errors/say.ts'
import { objectionToStandby } from '../../oceanbase/index.ts'
import type { Package } from '../../store/acceptance.ts'
import { waysOut } from '../uses.ts'
import type { Inventory, Rule } from './admission.ts'
import type { NewCluster } from './newCluster.ts'

/**
 * Only the enterprise edition has standby clusters; its package has this name. Source: OCP, "Create
 * an OceanBase cluster".
 */
const communityPackage = 'oceanbase-ce'

const objectionTo = ({ name, version }: Package): Said | undefined =>
  objectionToStandby(version) ??
  (name === communityPackage ? say`the community edition has PRIMARY clusters only` : undefined)

/**
 * The cluster that a standby asks to follow; it has the same name. Names of primaries are unique,
 * so there are never several (OBE11018).
 */
export const primaryOf = (
  { primaryObClusterId }: NewCluster,
  { namesakes }: Pick<Inventory, 'namesakes'>,
) =>
  namesakes.find(
    (cluster) => cluster.type === 'PRIMARY' && cluster.obClusterId === primaryObClusterId,
  )

/**
 * A standby follows a RUNNING primary of its name and version, whose create has ended well, under
 * an obClusterId of its own. What must be mended first comes first.
 */
export const standbyFits: Rule = (request, inventory) => {
  const { name, type, obClusterId, primaryObClusterId, rpmName } = request
  if (type !== 'STANDBY') return []
  const { namesakes, package: found, primaryTask } = inventory
  const objection = found && objectionTo(found)
  if (objection !== undefined)
    return [{ code: 'COM10001', args: ['type', objection], field: 'type', rejected: type }]
  const at = { field: 'primaryClusterInfo.obClusterId', rejected: primaryObClusterId }
  const primary = primaryOf(request, inventory)
  if (primary === undefined)
    return [{ code: 'OBE11017', args: [`${name}:${primaryObClusterId}`], ...at }]
  const findings: Finding[] = []
  if (primary.status !== 'RUNNING') {
    findings.push({ code: 'OBE11008', args: [`${name}:${primaryObClusterId}`, 'RUNNING'], ...at })
  }
  if (primaryTask !== undefined) {
    const task = `"${primaryTask.name}" (${primaryTask.id}, ${primaryTask.status})`
    findings.push({
      code: 'OBE11020',
      args: [`${name}:${primaryObClusterId}`, task, waysOut(primaryTask)],
      ...at,
    })
  }
  if (found !== undefined && found.version !== primary.version) {
    const reason = say`its primary is version ${primary.version}, a standby has to be the same`
    findings.push({
      code: 'COM10001',
      args: ['rpmName', reason],
      field: 'rpmName',
      rejected: rpmName,
    })
  }
  if (
    obClusterId !== undefined &&
    namesakes.some((cluster) => cluster.obClusterId === obClusterId)
  ) {
    findings.push({
      code: 'OBE11014',
      args: [`${name}:${obClusterId}`],
      field: 'obClusterId',
      rejected: obClusterId,
    })
  }
  return findings
}
