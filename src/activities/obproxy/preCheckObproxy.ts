import { type Cause, type CauseCode, DefiniteError } from '../../errors/failure.ts'
import { nameOf } from '../../host/index.ts'
import { obproxyFacts, portsOf, readObproxyFacts } from '../../oceanbase/index.ts'
import type { ObproxyHostNode } from '../node.ts'
import { obproxyPackageOf } from './obproxyPackage.ts'
import { proxyUser } from './proxyUser.ts'

/**
 * Fails with everything at once that speaks against a proxy on this host: wrong machine, ports or
 * home taken, no way to the configuration.
 */
export async function preCheckObproxy(node: ObproxyHostNode): Promise<void> {
  const found = await findings(node)
  for (const { message } of found) node.log('ERROR', message)
  const [first, ...others] = found
  if (first === undefined)
    return node.log('INFO', `nothing on ${node.target.ip} speaks against a proxy`)
  if (others.length === 0) throw new DefiniteError(first)
  throw new DefiniteError({
    code: 'OBE10002',
    message: `obproxy pre check failed with ${found.length} findings:\n${found.map(({ message }) => message).join('\n')}`,
    advice: 'mend all of them, then retry this subtask',
    host: node.target.ip,
  })
}

async function findings(node: ObproxyHostNode): Promise<Cause[]> {
  const { proxies, proxy, target } = node
  const software = await obproxyPackageOf(node)
  const { configUrl } = proxies
  const ports = portsOf(software, proxy, proxies.startupParameters)
  const questions = {
    osUser: proxyUser,
    ports,
    packageName: software.name,
    ...(configUrl !== null && { configUrl }),
  }
  const facts = readObproxyFacts(
    await target.must(obproxyFacts(questions), { title: 'look what speaks against a proxy' }),
  )
  const found: Cause[] = []
  const against = (code: CauseCode, message: string, advice: string): void => {
    found.push({ code, message: `${target.ip}: ${message}`, advice, host: target.ip })
  }
  if (software.architecture !== 'noarch' && facts.architecture !== software.architecture)
    against(
      'CMP07025',
      `the host is ${facts.architecture}, ${software.fileName} is for ${software.architecture}`,
      'use another package',
    )
  if (!facts.hasUser)
    against(
      'CMP07037',
      `there is no user ${proxyUser}`,
      `useradd -m ${proxyUser} there, then retry`,
    )
  for (const port of facts.busyPorts)
    against(
      'OBE10002',
      `port ${port} is in use`,
      'stop what listens there, or create the proxies with another port',
    )
  for (const running of facts.proxies)
    against(
      'OBE10002',
      `process obproxy should not exist on the host: ${running}`,
      'stop it, or use another host',
    )
  for (const name of facts.installed.filter((installed) => installed !== nameOf(software)))
    against(
      'PKG10012',
      `${name} is installed, ${nameOf(software)} is wanted`,
      `rpm -e ${name} there, or use that package`,
    )
  if (!facts.configUrlAnswers)
    against(
      'OBE10002',
      `${configUrl} does not answer`,
      'set OBFLOW_PUBLIC_URL to an address that hosts can reach, then create anew',
    )
  return found
}
