import { say } from '../../errors/say.ts'
import { agentPorts } from '../agent/agent.ts'
import { type Check, type Situation, when } from './finding.ts'
import { begun, isOwn, ownObservers } from './ownership.ts'
import { listenerName } from './ways.ts'

/** Directories that belong to this cluster alone, the roots and all below them. */
const ownPaths = ({ facts, wish: { layout } }: Situation) =>
  facts.paths.filter(({ path }) =>
    layout.ownRoots.some((root) => path === root || path.startsWith(`${root}/`)),
  )

const isRoot = ({ wish: { layout } }: Situation, path: string): boolean =>
  layout.ownRoots.includes(path)

/** Whether the wanted package lies in OceanBase's home already, or this task has begun there. */
const isInstalled = ({ facts, wish }: Situation): boolean =>
  facts.packages.includes(wish.package.nvra)

const homeAdvice = say`move it away, or post another installPath`

/** OceanBase's home: what lies there would be mixed with the package's files. */
const homeChecks: readonly Check[] = [
  {
    code: 'OBD-1002',
    item: say`installPath`,
    level: 'FATAL',
    advice: homeAdvice,
    look: (situation) => {
      const { facts, wish } = situation
      return facts.foreign === undefined || isInstalled(situation) || begun(situation)
        ? []
        : [say`${wish.layout.home} is not empty: ${facts.foreign} is there`]
    },
  },
  {
    code: 'OBD-1002',
    item: say`installPath`,
    level: 'FATAL',
    advice: say`chown it to the user that runs OceanBase, or post another installPath`,
    look: ({ facts, wish: { cluster, layout } }) =>
      facts.paths
        .filter(({ path, kind }) => path === layout.home && kind === 'directory')
        .filter(
          ({ owner, rootAlone }) => owner !== cluster.osUser && !(owner === 'root' && rootAlone),
        )
        .map(({ path, owner }) => say`${path} belongs to ${owner}, not to ${cluster.osUser}`),
  },
  {
    code: 'OBD-1002',
    item: say`installPath`,
    level: 'FATAL',
    advice: say`remount it without noexec, or post another installPath`,
    look: ({ facts, wish: { layout } }) =>
      facts.disks
        .filter(({ path, options }) => path === layout.home && options.includes('noexec'))
        .map(
          ({ path, device }) =>
            say`${path} lies on ${device}, which is mounted noexec: no program can run there`,
        ),
  },
]

const portChecks: readonly Check[] = [
  {
    code: 'OBE19017',
    item: say`ports`,
    level: 'FATAL',
    advice: say`post different sqlPort and svrPort`,
    look: ({ wish: { cluster } }) =>
      when(cluster.sqlPort === cluster.rpcPort, say`SQL and RPC port are both ${cluster.sqlPort}`),
  },
  {
    code: 'OBD-1001',
    item: say`ports`,
    level: 'FATAL',
    advice: say`end the process, or use other ports`,
    look: (situation) => {
      const own = ownObservers(situation)
      return (
        situation.facts.listening
          .filter(({ pid, cwd }) => !own.includes(pid) && !isAgents(situation, cwd))
          .filter(({ port, command }) => !(isAgentPort(port) && /^(ob|ocp)_/.test(command)))
          // Another pre-check that listens for a moment.
          .filter(({ command }) => command !== listenerName)
          .map(({ port, pid, command }) => say`port ${port} is taken by ${command} (pid ${pid})`)
      )
    },
  },
]

/** Whether a process works in the home of the host's agent, whatever it is called. */
const isAgents = ({ wish: { agentHome } }: Situation, cwd: string): boolean =>
  agentHome !== undefined && (cwd === agentHome || cwd.startsWith(`${agentHome}/`))

/** The agent is there since the host was prepared, and may run. */
const isAgentPort = (port: number): boolean =>
  port === agentPorts.manager || port === agentPorts.monitor

const directoryChecks: readonly Check[] = [
  {
    code: 'OBD-1004',
    item: say`directories`,
    level: 'FATAL',
    advice: say`use different paths for install, data and redo logs`,
    look: ({ wish: { layout } }) => {
      const paths = [layout.home, ...layout.ownRoots]
      return [...new Set(paths.filter((path, index) => paths.indexOf(path) !== index))].map(
        (path) => say`${path} is used twice`,
      )
    },
  },
  {
    code: 'OBD-1002',
    item: say`directories`,
    level: 'FATAL',
    advice: say`move it away`,
    look: ({ facts }) =>
      facts.paths
        .filter(({ kind }) => kind === 'other')
        .map(({ path }) => say`${path} is there and is not a directory`),
  },
  {
    code: 'OBD-1002',
    item: say`directories`,
    level: 'FATAL',
    advice: say`remount the file system writable, or use another path`,
    look: ({ facts }) =>
      facts.paths
        .filter(({ writable }) => !writable)
        .map(
          ({ path, ancestor }) =>
            say`${path} cannot be made or written: ${ancestor} is no directory or is read-only`,
        ),
  },
  {
    code: 'OBD-1002',
    item: say`directories`,
    level: 'FATAL',
    advice: say`chmod o+x the directories above it`,
    look: ({ facts, wish: { cluster } }) =>
      facts.seen
        .filter(({ path, ancestor }) =>
          facts.paths.some((entry) => entry.path === path && entry.ancestor !== ancestor),
        )
        .map(
          ({ path, ancestor }) =>
            say`user ${cluster.osUser} does not get to ${path}: it sees nothing below ${ancestor}`,
        ),
  },
  {
    code: 'OBD-1002',
    item: say`directories`,
    level: 'FATAL',
    advice: say`give that directory to the user that runs OceanBase, or leave it and all above it to root alone`,
    look: ({ facts, wish: { cluster } }) =>
      facts.paths
        .filter(({ kind, rootAlone }) => kind === 'missing' && !rootAlone)
        .filter(({ path, ancestor }) =>
          facts.seen.some(
            (entry) => entry.path === path && entry.ancestor === ancestor && !entry.writable,
          ),
        )
        .map(
          ({ path, ancestor }) =>
            say`${path} cannot be made: ${ancestor} is neither root's alone nor writable for ${cluster.osUser}`,
        ),
  },
  {
    code: 'OBD-1002',
    item: say`directories`,
    level: 'FATAL',
    advice: say`make sure that nothing there is needed, then empty it`,
    look: (situation) =>
      ownPaths(situation)
        .filter(
          (path) => path.entries > 0 && !isRoot(situation, path.path) && !isOwn(situation, path),
        )
        .map(({ path }) => say`${path} is not empty`),
  },
  {
    code: 'OBD-1002',
    item: say`directories`,
    level: 'FATAL',
    advice: say`chown it to the user that runs OceanBase`,
    look: (situation) =>
      ownPaths(situation)
        .filter(
          (path) =>
            path.kind === 'directory' &&
            path.owner !== situation.wish.cluster.osUser &&
            !isOwn(situation, path),
        )
        .map(
          ({ path, owner }) =>
            say`${path} belongs to ${owner}, not to ${situation.wish.cluster.osUser}`,
        ),
  },
  {
    code: 'OBD-1002',
    item: say`directories`,
    level: 'WARN',
    advice: say`nothing in it is touched but the sub-directories of OceanBase`,
    look: (situation) =>
      ownPaths(situation)
        .filter(
          (path) =>
            path.kind === 'directory' && isRoot(situation, path.path) && !isOwn(situation, path),
        )
        .map(({ path }) => say`${path} is there already`),
  },
]

const cleanAdvice = say`stop it and clear its directories, or create the cluster on another host`

const leftoverChecks: readonly Check[] = [
  {
    code: 'OBE11021',
    item: say`another observer`,
    level: 'FATAL',
    advice: cleanAdvice,
    look: (situation) => {
      const own = ownObservers(situation)
      return situation.facts.observers
        .filter(({ pid }) => !own.includes(pid))
        .map(
          ({ pid, cwd }) =>
            say`ob install pre check failed, maybe from another observer: pid ${pid} runs in ${cwd}`,
        )
    },
  },
  {
    code: 'OBE11021',
    item: say`another observer`,
    level: 'FATAL',
    advice: cleanAdvice,
    look: (situation) =>
      begun(situation)
        ? []
        : situation.facts.leftovers.map(
            (path) =>
              say`ob install pre check failed, maybe from another observer: ${path} is left over`,
          ),
  },
  {
    code: 'PKG10012',
    item: say`packages`,
    level: 'FATAL',
    advice: say`remove it with rpm -e once nothing uses it, or create the cluster with that package`,
    look: ({ facts, wish }) =>
      facts.packages
        .filter((name) => name !== wish.package.nvra)
        .map((name) => say`${name} is installed, ${wish.package.nvra} is wanted`),
  },
  {
    code: 'PKG10014',
    item: say`packages`,
    level: 'FATAL',
    advice: say`install it there (yum install NAME; libaio.so.1 comes with libaio), then retry`,
    look: ({ facts, wish }) =>
      facts.missingNeeds.map(
        (name) => say`${wish.package.nvra} needs ${name}, which no package provides`,
      ),
  },
]

/**
 * What stands in the way: ports, directories, other observers. Sources: obdeploy, errors 1001–1004;
 * OCP's FAQ for the observer's words.
 */
export const occupancyChecks: readonly Check[] = [
  ...portChecks,
  ...homeChecks,
  ...directoryChecks,
  ...leftoverChecks,
]
