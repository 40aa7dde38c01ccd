import { say } from '../../errors/say.ts'
import { nameOf } from '../../host/index.ts'
import type { ObproxyHostNode } from '../node.ts'
import { obproxyPackageOf } from './obproxyPackage.ts'
import { type ProxyFinding, proxyFacts, refuseFindings } from './proxyFindings.ts'
import { proxyUser } from './proxyUser.ts'

/**
 * Proves that the host fits the package: architecture, user, no other OBProxy package, and a way to
 * the configuration.
 */
export async function prepareCreateObproxy(node: ObproxyHostNode<'packages.get'>): Promise<void> {
  const software = await obproxyPackageOf(node)
  const { configUrl } = node.proxies
  const facts = await proxyFacts(node)
  const found: ProxyFinding[] = []
  if (software.architecture !== 'noarch' && facts.architecture !== software.architecture)
    found.push({
      code: 'CMP07025',
      message: say`the host is ${facts.architecture}, ${software.fileName} is for ${software.architecture}`,
      advice: say`use another package`,
    })
  if (!facts.hasUser)
    found.push({
      code: 'CMP07037',
      message: say`there is no user ${proxyUser}`,
      advice: say`useradd -m ${proxyUser} there, then retry`,
    })
  for (const name of facts.installed.filter((installed) => installed !== nameOf(software)))
    found.push({
      code: 'PKG10012',
      message: say`${name} is installed, ${nameOf(software)} is wanted`,
      advice: say`rpm -e ${name} there, or use that package`,
    })
  if (!facts.configUrlAnswers)
    found.push({
      code: 'OBE10002',
      message: say`${configUrl ?? ''} does not answer`,
      advice: say`set OBFLOW_PUBLIC_URL to an address that hosts can reach, then create anew`,
    })
  refuseFindings(node, found)
  node.log('INFO', `${node.target.ip} fits ${nameOf(software)}`)
}
