import { readFileSync } from 'node:fs'
import { type BuiltPackage, buildPackages, catalog } from '../../../lab/packages/index.ts'
import { installOcpAgent, removeOcpAgent } from '../../../src/activities/agent/installOcpAgent.ts'
import {
  refreshAgentConfig,
  restoreAgentConfig,
} from '../../../src/activities/agent/refreshAgentConfig.ts'
import { startAgent } from '../../../src/activities/agent/startAgent.ts'
import { stopAgent } from '../../../src/activities/agent/stopAgent.ts'
import { uninstallLegacyObagent } from '../../../src/activities/agent/uninstallLegacyObagent.ts'
import { uninstallLegacyOcpAgent } from '../../../src/activities/agent/uninstallLegacyOcpAgent.ts'
import { preCheckHost } from '../../../src/activities/host/preCheckHost.ts'
import type { HostNode, PreparedHostNode } from '../../../src/activities/node.ts'
import { clusterOn, createNodes, type HostUse } from '../../lab/hostNode.ts'
import { nodesOf } from '../coverage.ts'
import { putShims } from '../shims.ts'
import { type Attempt, type Sweep, whole } from '../sweep.ts'
import { traces } from '../traces.ts'
import { type Chain, hostAt, nothing } from './bench.ts'

const agentName = 't-oceanbase-ocp-agent'

/** Agents of an earlier generation: one of a package of its own, one of an older version. */
async function legacyPackages(): Promise<readonly BuiltPackage[]> {
  const obagent = catalog.find(({ name }) => name === 'obagent')
  if (!obagent) throw new Error('the lab has no obagent')
  return buildPackages([
    { ...obagent, version: '1.3.0', release: '1.el7' },
    ...catalog.filter(({ name, version }) => name === agentName && version === '3.1.2'),
  ])
}

/** "Prepare host", and the agent's nodes of a create and a deletion. */
export const agentChain: Chain = {
  name: 'agent',
  nodes: nodesOf('agent'),
  hosts: 1,
  async run({ hosts, packageOf, sweep }) {
    const host = hostAt(hosts, 0)
    const legacy = await legacyPackages()
    const commands = { shims: await putShims(host) }
    const common: Pick<Sweep, 'look' | 'commands'> = { look: () => traces(host), commands }
    const options = { cluster: clusterOn(hosts, '4.2.1.8'), file: packageOf(agentName, '4.2.0') }
    /** Hosts are prepared by a task of its own: what that brought outlives the cluster. */
    await using preparing = createNodes(hosts, { ...options, taskId: 6 })
    await using creating = createNodes(hosts, options)
    const prepare =
      <T>(name: string, activity: (node: PreparedHostNode<HostUse>) => Promise<T>) =>
      ({ signal }: Attempt) =>
        activity(preparing.prepare(1, name, signal))
    const create =
      <T>(name: string, activity: (node: HostNode<HostUse>) => Promise<T>) =>
      ({ signal }: Attempt) =>
        activity(creating.on(1, name, signal))

    await sweep({
      ...common,
      activity: 'preCheckHost',
      run: prepare('preCheckHost', preCheckHost),
      back: nothing,
    })

    const putLegacy = (name: string, home: string) => async (): Promise<void> => {
      const file = legacy.find((item) => item.name === name)
      if (!file) throw new Error(`no legacy package ${name}`)
      const daemon = `${home}/bin/${name === 'obagent' ? 'ob' : 'ocp'}_agentd`
      const script = `PATH=/bin:/usr/bin:/sbin
        base64 -d >/tmp/old.rpm && rpm -i --nodeps --replacepkgs /tmp/old.rpm && rm /tmp/old.rpm
        ps -e -o args= | grep -q '^${daemon}' && exit
        bash -c 'exec -a ${daemon} tail -f /dev/null' >/dev/null 2>&1 </dev/null &
        until grep -qx tail "/proc/$!/comm"; do :; done`
      await host.must(['/bin/bash', '-c', script], { input: readFileSync(file.path, 'base64') })
    }
    const obagent = {
      run: prepare('uninstallLegacyObagent', uninstallLegacyObagent),
      back: putLegacy('obagent', '/home/admin/obagent'),
    }
    await obagent.back()
    await sweep({ ...common, activity: 'uninstallLegacyObagent', ...obagent })
    await whole(obagent.run)
    const older = {
      run: prepare('uninstallLegacyOcpAgent', uninstallLegacyOcpAgent),
      back: putLegacy(agentName, '/home/admin/ocp_agent'),
    }
    await older.back()
    await sweep({ ...common, activity: 'uninstallLegacyOcpAgent', ...older })
    await whole(older.run)

    const install = prepare('installOcpAgent', installOcpAgent)
    const uninstall = prepare('removeOcpAgent', removeOcpAgent)
    const refresh = create('refreshAgentConfig', refreshAgentConfig)
    const restore = create('restoreAgentConfig', restoreAgentConfig)
    const start = create('startAgent', startAgent)
    const stop = create('stopAgent', stopAgent)
    const configured = async (attempt: Attempt): Promise<void> => {
      await refresh(attempt)
      await start(attempt)
    }

    await sweep({ ...common, activity: 'installOcpAgent', run: install, back: uninstall })
    await whole(install)
    await sweep({ ...common, activity: 'refreshAgentConfig', run: refresh, back: restore })
    // Where the agent is missing a create brings it, and its rollback removes it.
    await whole(uninstall)
    await sweep({
      ...common,
      activity: 'refreshAgentConfig',
      of: 'no agent yet',
      run: refresh,
      back: restore,
    })
    await whole(refresh)
    await sweep({
      ...common,
      activity: 'restoreAgentConfig',
      of: 'agent brought',
      run: restore,
      back: refresh,
    })
    await whole(restore)
    await whole(install)
    await whole(refresh)
    await sweep({
      ...common,
      activity: 'startAgent',
      run: start,
      back: async (attempt) => {
        await restore(attempt)
        await refresh(attempt)
      },
    })
    await whole(start)
    await sweep({ ...common, activity: 'restoreAgentConfig', run: restore, back: configured })
    await sweep({ ...common, activity: 'stopAgent', run: stop, back: configured })
    await whole(stop)
    await sweep({ ...common, activity: 'removeOcpAgent', run: uninstall, back: install })
    await whole(uninstall)
  },
}
