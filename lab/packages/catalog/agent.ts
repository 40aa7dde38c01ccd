import { type Content, type LabPackage, mulan } from '../labPackage.ts'

/** obagent's layout, which OCP's agent shares. Source: obagent, docs/install-and-deploy. */
const contents: readonly Content[] = [
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

export const agentPackages: readonly LabPackage[] = [
  {
    name: 't-oceanbase-ocp-agent',
    version: '3.1.2',
    release: '20210812221645.el7',
    summary: 'OCP agent, lab build',
    license: mulan,
    url: 'https://github.com/oceanbase/obagent',
    prefix: '/home/admin/ocp_agent',
    contents,
  },
]
