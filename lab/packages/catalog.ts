/** A package that the lab builds and installs as a user would the real one. */
export interface LabPackage {
  readonly name: string
  readonly version: string
  /** As OceanBase writes it: build time, then the system it is for. */
  readonly release: string
  readonly summary: string
  readonly license: string
  readonly url: string
  /** Where it installs unless `rpm --prefix` says otherwise. */
  readonly prefix: string
  readonly contents: readonly Content[]
}

/** Something under the prefix. */
export type Content =
  /** A folder of lab/, with the folders its programs import, as `<at>/<room>/…`. */
  | { readonly kind: 'programs'; readonly room: string; readonly at: string }
  /** What lies in a folder of lab/, as it stands; nothing when the folder is missing. */
  | { readonly kind: 'tree'; readonly from: string; readonly at: string }
  /**
   * A bash launcher that runs one of the programs with the lab's Node, under its own path as the
   * process name.
   */
  | { readonly kind: 'launcher'; readonly at: string; readonly program: string }
  | { readonly kind: 'kernel'; readonly at: string }
  | { readonly kind: 'text'; readonly at: string; readonly text: string }
  | { readonly kind: 'folder'; readonly at: string }

const mulan = 'Mulan PubL v2'

/**
 * Community builds of line 4 have no `ob_admin io_bench` (oceanbase issue 694), so theirs is left
 * out.
 */
const observer = (options: {
  readonly version: string
  readonly ioBench: boolean
}): readonly Content[] => [
  { kind: 'launcher', at: 'bin/observer', program: 'lib/observer/main.js' },
  ...(options.ioBench
    ? [{ kind: 'launcher', at: 'bin/ob_admin', program: 'lib/observer/obAdmin.js' } as const]
    : []),
  { kind: 'programs', room: 'observer', at: 'lib' },
  { kind: 'kernel', at: 'lib/seekdb' },
  { kind: 'text', at: 'etc/lab_version', text: `${options.version}\n` },
  { kind: 'text', at: 'etc/timezone_V1.log', text: '' },
  { kind: 'text', at: 'etc/default_parameter.json', text: '{}\n' },
  { kind: 'folder', at: 'admin' },
]

const obproxy: readonly Content[] = [
  { kind: 'launcher', at: 'bin/obproxy', program: 'lib/obproxy/main.js' },
  { kind: 'programs', room: 'obproxy', at: 'lib' },
]

/** obagent's layout, which OCP's agent shares. Source: obagent, docs/install-and-deploy. */
const agent: readonly Content[] = [
  { kind: 'launcher', at: 'bin/ob_agentctl', program: 'lib/agent/agentctl.js' },
  { kind: 'launcher', at: 'bin/ob_agentd', program: 'lib/agent/agentd.js' },
  { kind: 'launcher', at: 'bin/ob_mgragent', program: 'lib/agent/mgragent.js' },
  { kind: 'launcher', at: 'bin/ob_monagent', program: 'lib/agent/monagent.js' },
  { kind: 'programs', room: 'agent', at: 'lib' },
  { kind: 'tree', from: 'agent/conf', at: 'conf' },
  ...[
    'run',
    'log',
    'tmp',
    'backup',
    'pkg_store',
    'task_store',
    'position_store',
    'site-packages',
  ].map((at) => ({ kind: 'folder', at }) as const),
]

const oceanbase = {
  name: 'oceanbase',
  license: mulan,
  url: 'https://open.oceanbase.com',
  prefix: '/home/admin/oceanbase',
} as const
const proxy = {
  name: 'obproxy',
  license: mulan,
  url: 'https://github.com/oceanbase/obproxy',
  prefix: '/opt/taobao/install/obproxy',
} as const

export const catalog: readonly LabPackage[] = [
  {
    ...oceanbase,
    version: '2.2.73',
    release: '20201211175814.el7',
    summary: 'OceanBase 2.2, lab build',
    contents: observer({ version: '2.2.73', ioBench: true }),
  },
  {
    ...oceanbase,
    version: '3.2.4.1',
    release: '101000052023010822.el7',
    summary: 'OceanBase 3.2, lab build',
    contents: observer({ version: '3.2.4.1', ioBench: true }),
  },
  {
    ...oceanbase,
    version: '4.2.1.8',
    release: '108000022024072217.el7',
    summary: 'OceanBase 4.2, lab build',
    contents: observer({ version: '4.2.1.8', ioBench: false }),
  },
  {
    ...proxy,
    version: '3.2.3',
    release: '2.el7',
    summary: 'OBProxy 3.2, lab build',
    contents: obproxy,
  },
  {
    ...proxy,
    version: '4.2.1.0',
    release: '11.el7',
    summary: 'OBProxy 4.2, lab build',
    contents: obproxy,
  },
  {
    name: 't-oceanbase-ocp-agent',
    version: '3.1.2',
    release: '20210812221645.el7',
    summary: 'OCP agent, lab build',
    license: mulan,
    url: 'https://github.com/oceanbase/obagent',
    prefix: '/home/admin/ocp_agent',
    contents: agent,
  },
]

/** As rpm names its file: `oceanbase-2.2.73-20201211175814.el7.x86_64.rpm`. */
export function fileNameOf(item: LabPackage, arch: string): string {
  return `${item.name}-${item.version}-${item.release}.${arch}.rpm`
}
