import { catalog, type LabPackage } from '../../lab/index.ts'

export const ce = ['oceanbase-ce', '4.2.5.0'] as const
export const v2 = ['oceanbase', '2.2.73'] as const
export const v3 = ['oceanbase', '3.2.4.1'] as const
export const agents = [
  ['t-oceanbase-ocp-agent', '3.1.2'],
  ['t-oceanbase-ocp-agent', '4.2.0'],
  ['obagent', '4.2.2'],
] as const
export const proxies = [
  ['obproxy-ce', '4.3.1.0'],
  ['obproxy', '4.2.1.0'],
] as const

/** The proxy of 4.3.1, moved to where that product looks for it. */
function proxyAtFormerHome(): LabPackage {
  const found = catalog.find(({ name, version }) => name === 'obproxy-ce' && version === '4.3.1.0')
  if (!found) throw new Error('the lab has no obproxy-ce 4.3.1.0')
  const { root: _root, ownsRoot: _owns, scripts: _scripts, ...real } = found
  return { ...real, version: '4.3.1.1', prefix: '/opt/taobao/install/obproxy' }
}

/** What makes a host of the lab one whose libraries are rpm's: there rpm asks for what packages require. */
export const glibc: LabPackage = {
  name: 'glibc',
  version: '2.28',
  release: '1.el8',
  summary: 'a mark of rpm distributions, lab build',
  license: 'LGPL',
  url: 'https://www.gnu.org/software/libc',
  prefix: '/usr/share/obflow-lab-glibc',
  contents: [{ kind: 'text', at: 'mark', text: '' }],
}

const wanted = [ce, ['oceanbase-ce-libs', '4.2.5.0'], v2, v3, ...agents, ...proxies] as const
export const packages: readonly LabPackage[] = [
  ...catalog.filter(({ name, version }) =>
    wanted.some(([each, build]) => name === each && version === build),
  ),
  proxyAtFormerHome(),
  glibc,
]
