import { type Content, type LabPackage, mulan } from '../labPackage.ts'

const folders = [
  'run',
  'log',
  'tmp',
  'backup',
  'pkg_store',
  'task_store',
  'position_store',
  'site-packages',
].map((at) => ({ kind: 'folder', at }) as const)

/** The programs of a generation that has a control program, by what their names begin with. */
const contentsOf = (family: 'ob' | 'ocp'): readonly Content[] => [
  ...['agentctl', 'agentd', 'mgragent', 'monagent'].map(
    (name) =>
      ({
        kind: 'launcher',
        at: `bin/${family}_${name}`,
        program: `lib/agent/${name}.js`,
      }) as const,
  ),
  { kind: 'programs', room: 'agent', at: 'lib' },
  { kind: 'tree', from: 'agent/conf', at: 'conf' },
  ...folders,
]

const unitOf = (description: string, control: string): string => `[Unit]
Description=${description}
After=network.target syslog.target rc-local.target
[Service]
Type=forking
ExecStart=${control} start
ExecStop=${control} stop
ExecReload=${control} restart
RemainAfterExit=yes
[Install]
WantedBy=multi-user.target
`

const wants = '/etc/systemd/system/multi-user.target.wants'
const obagentUnit = '/usr/lib/systemd/system/obagent.service'

/** Source: obagent a8c8fdf, rpm/obagent.spec and etc/scripts/obagent.service. */
const obagent: LabPackage = {
  name: 'obagent',
  version: '4.2.2',
  release: '100000042024011120.el7',
  summary: 'obagent program, lab build',
  license: mulan,
  url: 'https://github.com/oceanbase/obagent',
  prefix: '/home/admin',
  root: '/home/admin/obagent',
  contents: contentsOf('ob'),
  fixed: [
    {
      kind: 'text',
      at: obagentUnit,
      text: unitOf('start obagent', '/home/admin/obagent/bin/ob_agentctl'),
    },
    { kind: 'link', at: `${wants}/obagent.service`, to: obagentUnit },
  ],
}

const ocp = {
  name: 't-oceanbase-ocp-agent',
  summary: 'OCP agent, lab build',
  license: mulan,
  url: 'https://www.oceanbase.com',
  prefix: '/home/admin/ocp_agent',
} as const

/**
 * OCP agent from 3.2 on. Source: OCP manual, "OCP-Agent processes" (common-ocp-10000000001899187):
 * the package's script writes the unit. Its name is that of a real file of OCP 4.2.0.
 */
const ocpAgent: LabPackage = {
  ...ocp,
  version: '4.2.0',
  release: '20231017100200.alios7',
  contents: contentsOf('ocp'),
  scripts: {
    post: `mkdir -p ${wants}
cat >/etc/systemd/system/ocp_agent.service <<'UNIT'
${unitOf('start ocp_agent', `${ocp.prefix}/bin/ocp_agentctl`)}UNIT
ln -sf /etc/systemd/system/ocp_agent.service ${wants}/ocp_agent.service`,
  },
}

/**
 * OCP agent up to 3.1, the seed's own version: a daemon and what it guards, no control program.
 * Source: OCP manual (enterprise-oceanbase-ocp-en-10000000000391979, common-ocp-10000000001187547).
 */
const oldOcpAgent: LabPackage = {
  ...ocp,
  version: '3.1.2',
  release: '20210812221645.el7',
  contents: [
    ...['ocp_agentd', 'pos_proxy', 'node_exporter', 'ocp_exporter'].map(
      (name) =>
        ({ kind: 'launcher', at: `bin/${name}`, program: `lib/agent/old/${name}.js` }) as const,
    ),
    { kind: 'programs', room: 'agent', at: 'lib' },
    { kind: 'folder', at: 'run' },
    { kind: 'folder', at: 'log' },
  ],
}

/** What a host gets unless a test asks for another comes first. */
export const agentPackages: readonly LabPackage[] = [ocpAgent, obagent, oldOcpAgent]
