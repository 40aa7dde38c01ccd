import type { Declared, Group } from '../command.ts'
import {
  clusterCreate,
  clusterDelete,
  clusterRestart,
  obproxyCreate,
  obproxyDelete,
  obproxyLink,
  obproxyUnlink,
} from './clusters.ts'
import { list, remove, show } from './common.ts'
import {
  acceptKey,
  credentialAdd,
  hostAdd,
  hostCheck,
  idcAdd,
  packageAdd,
  regionAdd,
} from './inventory.ts'
import * as kinds from './kinds.ts'
import type { Resource } from './resource.ts'
import { taskCommands } from './tasks.ts'
import { accessKeyAdd, userAdd, userRoles } from './users.ts'

interface Row {
  /** What `show` and `rm` are explained with. */
  readonly example: string
  readonly show?: boolean
  readonly remove?: boolean
  readonly commands?: readonly Declared[]
}

function group<Item>(kind: Resource<Item>, summary: string, row: Row): Group {
  return {
    name: kind.kind,
    summary,
    commands: [
      list(kind),
      ...(row.show === false ? [] : [show(kind, row.example)]),
      ...(row.commands ?? []),
      ...(row.remove ? [remove(kind, row.example)] : []),
    ],
  }
}

/** Commands about what the API has, a group each. */
export const resourceGroups: readonly Group[] = [
  group(kinds.cluster, 'Clusters', {
    example: 'terran',
    commands: [clusterCreate, clusterRestart, clusterDelete],
  }),
  group(kinds.host, 'Hosts', {
    example: '10.0.0.11',
    commands: [hostAdd, hostCheck, acceptKey],
    remove: true,
  }),
  group(kinds.softwarePackage, 'Packages that are installed on hosts', {
    example: 'oceanbase-ce-4.2.1.8.rpm',
    commands: [packageAdd],
    remove: true,
  }),
  group(kinds.task, 'Tasks: what goes on, failed or was done', {
    example: '1002',
    show: false,
    commands: taskCommands,
  }),
  group(kinds.obproxy, 'OBProxy clusters', {
    example: 'odp',
    commands: [obproxyCreate, obproxyLink, obproxyUnlink, obproxyDelete],
  }),
  group(kinds.credential, 'Logins for hosts', {
    example: 'root-key',
    commands: [credentialAdd],
    remove: true,
  }),
  group(kinds.region, 'Regions', { example: 'hangzhou', commands: [regionAdd], remove: true }),
  group(kinds.idc, 'IDCs, places where hosts stand', {
    example: 'hz1',
    commands: [idcAdd],
    remove: true,
  }),
  group(kinds.user, 'Users', { example: 'alice', commands: [userAdd, userRoles], remove: true }),
  group(kinds.accessKey, "One's own access keys", {
    example: 'AbCdEfGhIjKlMnOp',
    show: false,
    commands: [accessKeyAdd],
    remove: true,
  }),
  group(kinds.audit, 'Who called what', { example: '1', show: false }),
]
