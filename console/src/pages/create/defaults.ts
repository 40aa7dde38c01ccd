import type { TextKey } from '../../i18n/en.ts'

interface Setting<Key extends string, Value> {
  readonly key: Key
  readonly label: TextKey
  readonly help?: TextKey
  readonly value: Value
}

/** What the API takes when nothing is given, as its document of the create says. */
export const defaultPorts = [
  { key: 'sqlPort', label: 'create.sqlPort', help: 'create.sqlPortHelp', value: 2881 },
  { key: 'svrPort', label: 'create.rpcPort', help: 'create.rpcPortHelp', value: 2882 },
] as const satisfies readonly Setting<string, number>[]

type PathKey = 'installPath' | 'dataDiskPath' | 'logDiskPath' | 'operatingSystemUser'

export const defaultPaths: readonly Setting<PathKey, string>[] = [
  { key: 'installPath', label: 'create.installPath', value: '/home/admin/oceanbase' },
  {
    key: 'dataDiskPath',
    label: 'create.dataPath',
    help: 'create.dataPathHelp',
    value: '/data/1',
  },
  { key: 'logDiskPath', label: 'create.logPath', help: 'create.logPathHelp', value: '/data/log1' },
  {
    key: 'operatingSystemUser',
    label: 'create.osUser',
    help: 'create.osUserHelp',
    value: 'admin',
  },
]
