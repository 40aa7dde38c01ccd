import { say } from '../../errors/say.ts'
import { neededCommands, whichMissing } from '../../oceanbase/index.ts'
import type { ObproxyHostNode } from '../node.ts'
import { refuseFindings } from './proxyFindings.ts'

/** Proves that the host has the commands that the next nodes use there. */
export async function checkCommandExists(node: ObproxyHostNode): Promise<void> {
  const missing = (
    await node.target.must(whichMissing(neededCommands), { title: 'look for commands' })
  )
    .split('\n')
    .filter(Boolean)
  refuseFindings(
    node,
    missing.length === 0
      ? []
      : [
          {
            code: 'CMP07036',
            message: say`missing: ${missing}`,
            advice: say`install the packages that bring them (rpm, util-linux, coreutils, findutils, glibc-common)`,
          },
        ],
  )
  node.log('INFO', `${neededCommands.join(', ')}: all there`)
}
