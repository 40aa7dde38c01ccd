import { type Content, type LabPackage, mulan } from '../labPackage.ts'

const contents: readonly Content[] = [
  { kind: 'launcher', at: 'bin/obproxy', program: 'lib/obproxy/main.js' },
  { kind: 'programs', room: 'obproxy', at: 'lib' },
]

const proxy = {
  name: 'obproxy',
  license: mulan,
  url: 'https://github.com/oceanbase/obproxy',
  prefix: '/opt/taobao/install/obproxy',
} as const

export const obproxyPackages: readonly LabPackage[] = [
  {
    ...proxy,
    version: '3.2.3',
    release: '2.el7',
    summary: 'OBProxy 3.2, lab build',
    contents,
  },
  {
    ...proxy,
    version: '4.2.1.0',
    release: '11.el7',
    summary: 'OBProxy 4.2, lab build',
    contents,
  },
]
