import { buildPackages, type Content, catalog } from '../../../lab/packages/index.ts'
import { installRpm, removeRpm } from '../../../src/activities/host/installRpm.ts'
import { ioBench, removeIoBench } from '../../../src/activities/host/ioBench.ts'
import { makeDir, removeDir } from '../../../src/activities/host/makeDir.ts'
import { preCheck } from '../../../src/activities/host/preCheck.ts'
import type { Package } from '../../../src/store/index.ts'
import { clusterOn, createNodes, packageFrom } from '../../lab/hostNode.ts'
import { nodesOf } from '../coverage.ts'
import { putShims } from '../shims.ts'
import { type Attempt, type Sweep, whole } from '../sweep.ts'
import { traces } from '../traces.ts'
import { type Chain, hostAt, nothing } from './bench.ts'

const version = '4.2.1.9'

/** An observer that is never started: without its kernel an install takes a tenth of the time. */
async function lightPackage(): Promise<Package> {
  const observer = catalog.find((item) => item.name === 'oceanbase' && item.version === '4.2.1.8')
  if (!observer) throw new Error('the lab has no observer')
  const contents = observer.contents.flatMap((content): Content[] => {
    if (content.kind === 'kernel') return []
    return [
      content.at === 'etc/lab_version'
        ? { kind: 'text', at: content.at, text: `${version}\n` }
        : content,
    ]
  })
  const [built] = await buildPackages([{ ...observer, version, contents }])
  if (!built) throw new Error('the package was not built')
  return packageFrom(built.path)
}

/** What a create makes on a host before its observer starts, and how it is rolled back. */
export const hostChain: Chain = {
  name: 'host',
  nodes: nodesOf('host'),
  hosts: 1,
  async run({ hosts, sweep }) {
    const host = hostAt(hosts, 0)
    const commands = { shims: await putShims(host) }
    const look = () => traces(host)
    await using nodes = createNodes(hosts, {
      cluster: clusterOn(hosts, version),
      file: await lightPackage(),
    })
    const step =
      <T>(name: string, activity: (node: ReturnType<typeof nodes.on>) => Promise<T>) =>
      ({ signal }: Attempt) =>
        activity(nodes.on(1, name, signal))
    const install = step('installRpm', installRpm)
    const uninstall = step('removeRpm', removeRpm)
    const make = step('makeDir', makeDir)
    const unmake = step('removeDir', removeDir)
    const measure = step('ioBench', ioBench)
    const unmeasure = step('removeIoBench', removeIoBench)
    const common: Pick<Sweep, 'look' | 'commands'> = { look, commands }

    await sweep({ ...common, activity: 'preCheck', run: step('preCheck', preCheck), back: nothing })
    await sweep({ ...common, activity: 'installRpm', run: install, back: uninstall })
    await whole(install)
    await sweep({ ...common, activity: 'makeDir', run: make, back: unmake })
    await whole(make)
    await sweep({ ...common, activity: 'ioBench', run: measure, back: unmeasure })
    await whole(measure)
    await sweep({ ...common, activity: 'removeIoBench', run: unmeasure, back: measure })
    await whole(unmeasure)
    await sweep({ ...common, activity: 'removeDir', run: unmake, back: make })
    await whole(unmake)
    await sweep({ ...common, activity: 'removeRpm', run: uninstall, back: install })
    await whole(uninstall)
  },
}
