import { catalog, type LabPackage } from '../../lab/index.ts'

type Build = readonly [name: string, version: string]

/** Packages that a user has at hand together. */
export interface PackageSet {
  readonly server: Build
  readonly obproxy: Build
  readonly agent: Build
  /** Whether this edition and version can have a standby cluster: the enterprise's 2.2 and 3.x. */
  readonly standby: boolean
}

const oldAgent: Build = ['t-oceanbase-ocp-agent', '3.1.2']
const agent: Build = ['t-oceanbase-ocp-agent', '4.2.0']
const obagent: Build = ['obagent', '4.2.2']

/** Every server package of the lab, with each OBProxy and each agent beside some of them. */
export const packageSets: readonly PackageSet[] = [
  { server: ['oceanbase', '2.2.73'], obproxy: ['obproxy', '3.2.3'], agent, standby: true },
  {
    server: ['oceanbase', '3.2.4.1'],
    obproxy: ['obproxy', '3.2.3'],
    agent: oldAgent,
    standby: true,
  },
  { server: ['oceanbase', '4.2.1.8'], obproxy: ['obproxy', '4.2.1.0'], agent, standby: false },
  {
    server: ['oceanbase-ce', '3.1.5'],
    obproxy: ['obproxy-ce', '4.3.1.0'],
    agent: oldAgent,
    standby: false,
  },
  {
    server: ['oceanbase-ce', '4.0.0.0'],
    obproxy: ['obproxy-ce', '4.3.1.0'],
    agent: obagent,
    standby: false,
  },
  {
    server: ['oceanbase-ce', '4.2.1.8'],
    obproxy: ['obproxy', '4.2.1.0'],
    agent: oldAgent,
    standby: false,
  },
  {
    server: ['oceanbase-ce', '4.2.5.0'],
    obproxy: ['obproxy-ce', '4.3.1.0'],
    agent,
    standby: false,
  },
  {
    server: ['oceanbase-ce', '4.3.5.2'],
    obproxy: ['obproxy-ce', '4.3.1.0'],
    agent: obagent,
    standby: false,
  },
]

/** Of one build of a server all packages, libraries and tools included. */
const belongs = ({ name, version }: LabPackage, [server, build]: Build): boolean =>
  version === build && [server, `${server}-libs`, `${server}-utils`].includes(name)

export const packagesOf = ({ server, obproxy, agent: watcher }: PackageSet): LabPackage[] =>
  catalog.filter((item) => [server, obproxy, watcher].some((build) => belongs(item, build)))

export const titleOf = ([name, version]: Build): string => `${name} ${version}`
