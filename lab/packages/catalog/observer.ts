import { type Content, type LabPackage, mulan } from '../labPackage.ts'

/**
 * Community builds of line 4 have no `ob_admin io_bench` (oceanbase issue 694), so theirs is left
 * out.
 */
const contents = (options: {
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

const oceanbase = {
  name: 'oceanbase',
  license: mulan,
  url: 'https://open.oceanbase.com',
  prefix: '/home/admin/oceanbase',
} as const

export const observerPackages: readonly LabPackage[] = [
  {
    ...oceanbase,
    version: '2.2.73',
    release: '20201211175814.el7',
    summary: 'OceanBase 2.2, lab build',
    contents: contents({ version: '2.2.73', ioBench: true }),
  },
  {
    ...oceanbase,
    version: '3.2.4.1',
    release: '101000052023010822.el7',
    summary: 'OceanBase 3.2, lab build',
    contents: contents({ version: '3.2.4.1', ioBench: true }),
  },
  {
    ...oceanbase,
    version: '4.2.1.8',
    release: '108000022024072217.el7',
    summary: 'OceanBase 4.2, lab build',
    contents: contents({ version: '4.2.1.8', ioBench: false }),
  },
]
