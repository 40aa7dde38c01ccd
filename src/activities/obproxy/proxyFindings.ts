import { type Cause, DefiniteError } from '../../errors/failure.ts'
import { inEnglish, listed, type Said, say } from '../../errors/say.ts'
import {
  type ObproxyFacts,
  obproxyFacts,
  portsOf,
  readObproxyFacts,
} from '../../oceanbase/index.ts'
import type { ObproxyHostNode } from '../node.ts'
import { obproxyPackageOf } from './obproxyPackage.ts'
import { proxyUser } from './proxyUser.ts'

/** What a look at a host says that stands against a proxy there. */
export interface ProxyFinding extends Pick<Cause, 'code' | 'message'> {
  readonly advice: Said
}

/** The facts that decide whether a host can take a proxy; each node reads them itself. */
export async function proxyFacts(node: ObproxyHostNode<'packages.get'>): Promise<ObproxyFacts> {
  const { proxies, proxy, target } = node
  const software = await obproxyPackageOf(node)
  const { configUrl } = proxies
  const questions = {
    osUser: proxyUser,
    ports: portsOf(software, proxy, proxies.startupParameters),
    packageName: software.name,
    ...(configUrl !== null && { configUrl }),
  }
  return readObproxyFacts(
    await target.must(obproxyFacts(questions), { title: 'look what speaks against a proxy' }),
  )
}

/** Fails with everything at once that was found; the host is named. */
export function refuseFindings(node: ObproxyHostNode, findings: readonly ProxyFinding[]): void {
  const host = node.target.ip
  const found = findings.map(
    (finding): Cause => ({
      ...finding,
      message: say`${host}: ${finding.message}`,
      host,
    }),
  )
  for (const { message } of found) node.log('ERROR', inEnglish(message))
  const [first, ...others] = found
  if (first === undefined) return
  if (others.length === 0) throw new DefiniteError(first)
  throw new DefiniteError({
    code: 'OBE10002',
    message: say`obproxy pre check failed with ${found.length} findings:\n${listed(
      found.map(({ message }) => message),
      '\n',
    )}`,
    advice: say`mend all of them, then retry this subtask`,
    host,
  })
}
