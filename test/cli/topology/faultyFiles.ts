/** A file that works, a line each so that a test can break one. */
export const good = `packages:
  - ./oceanbase-ce.rpm
login:
  user: root
  privateKey: file:key
cluster:
  name: terran
  password: env:ROOT_PASSWORD
  zones:
    - name: zone1
      hosts: [10.0.0.11]
    - name: zone2
      hosts: [10.0.0.12]
`

/** What is wrong, the file, and the line that the error has to name with what to write. */
export interface Faulty {
  readonly what: string
  readonly text: string
  readonly says: string
}

const changed = (from: string, to: string): string => {
  if (!good.includes(from)) throw new Error(`the good file has no ${from}`)
  return good.replace(from, to)
}
const added = (lines: string): string => `${good}${lines}`

export const faultyFiles: readonly Faulty[] = [
  { what: 'nothing in it', text: '', says: '1:1: is empty; see "obflow init" for a sample' },
  {
    what: 'a list instead of names',
    text: '- a\n',
    says: '1:1: must be an object: names with values; see "obflow init" for a sample',
  },
  {
    what: 'a tab',
    text: changed('  user: root', '\tuser: root'),
    says: '4:1: is no YAML: Tabs are not allowed as indentation; write spaces instead of the tab',
  },
  {
    what: 'a quote that is open',
    text: changed('name: terran', 'name: "terran'),
    says: 'is no YAML: Missing closing "quote; write the quote or bracket that closes it',
  },
  {
    what: 'a name that is there twice',
    text: changed('  user: root', '  user: root\n  user: admin'),
    says: '5:3: is no YAML: Map keys must be unique; write this name once',
  },
  {
    what: 'two documents',
    text: added('---\npackages: []\n'),
    says: '14:1: is no YAML:',
  },
  {
    what: 'no packages',
    text: changed('packages:\n  - ./oceanbase-ce.rpm\n', ''),
    says: ':1:1: packages is missing; write packages: [',
  },
  {
    what: 'packages that are no list',
    text: changed('packages:\n  - ./oceanbase-ce.rpm', 'packages: ./oceanbase-ce.rpm'),
    says: ':1:11: packages must be a list; write packages: [',
  },
  {
    what: 'an empty list of packages',
    text: changed('packages:\n  - ./oceanbase-ce.rpm', 'packages: []'),
    says: ':1:11: packages must not be empty; write packages: [',
  },
  {
    what: 'a misspelled name',
    text: changed('cluster:', 'claster:'),
    says: ':6:1: claster is unknown; write cluster',
  },
  {
    what: 'a misspelled name deep inside',
    text: changed('      hosts: [10.0.0.11]', '      host: [10.0.0.11]'),
    says: ':11:7: cluster.zones[0].host is unknown; write hosts',
  },
  {
    what: 'a name that is nothing like one',
    text: added('xyzzyplugh: 1\n'),
    says: ':14:1: xyzzyplugh is unknown; write one of packages, regions, login, hosts, cluster, obproxy',
  },
  {
    what: 'a zone without hosts',
    text: changed('      hosts: [10.0.0.11]\n', ''),
    says: ':10:7: cluster.zones[0].hosts is missing; write hosts: [10.0.0.11]',
  },
  {
    what: 'hosts that are one text',
    text: changed('hosts: [10.0.0.11]', 'hosts: 10.0.0.11'),
    says: ':11:14: cluster.zones[0].hosts must be a list; write hosts: [10.0.0.11]',
  },
  {
    what: 'a host name instead of an address',
    text: changed('[10.0.0.11]', '[db1.example.com]'),
    says: ':11:15: cluster.zones[0].hosts[0] must be an IPv4 address; write hosts: [10.0.0.11]',
  },
  {
    what: 'a host in two zones',
    text: changed('10.0.0.12', '10.0.0.11'),
    says: ':13:15: cluster.zones[1].hosts[0] 10.0.0.11 is in a zone already: a host has one observer; write',
  },
  {
    what: 'two zones of one name',
    text: changed('zone2', 'zone1'),
    says: ':12:13: cluster.zones[1].name is the name of another zone, too: give each its own; write name: zone1',
  },
  {
    what: 'a password in the file',
    text: changed('env:ROOT_PASSWORD', 'Aa11--gateway'),
    says: ':8:13: cluster.password is a secret, and a secret does not belong in this file; write password: env:ROOT_PASSWORD',
  },
  {
    what: 'a password that is a number',
    text: changed('env:ROOT_PASSWORD', '12345678'),
    says: ':8:13: cluster.password is a secret, and a secret does not belong in this file; write',
  },
  {
    what: 'a private key in the file',
    text: changed('file:key', '"-----BEGIN OPENSSH PRIVATE KEY-----"'),
    says: ':5:15: login.privateKey is a secret, and a secret does not belong in this file; write privateKey: file:~/.ssh/id_ed25519',
  },
  {
    what: 'a password among the parameters',
    text: added('  parameters: {root_password: x}\n'),
    says: ':14:16: cluster.parameters.root_password is a secret, and a secret does not belong in this file; passwords have fields of their own; write parameters: {memory_limit: 16G}',
  },
  {
    what: 'a login without key or password',
    text: changed('  privateKey: file:key\n', ''),
    says: 'login needs privateKey, password or credential; write login: {user: root, privateKey:',
  },
  {
    what: 'a login with key and password',
    text: changed('  privateKey: file:key', '  privateKey: file:key\n  password: prompt'),
    says: 'login has a privateKey and a password; a login has one of them; write login:',
  },
  {
    what: 'no login at all',
    text: changed('login:\n  user: root\n  privateKey: file:key\n', ''),
    says: ':1:1: login is missing: how does obflow log in to 10.0.0.11?; write login: {user: root',
  },
  {
    what: 'a name of a cluster that OceanBase refuses',
    text: changed('name: terran', 'name: ob-cluster'),
    says: ':7:9: cluster.name must be a letter, then letters, digits and _, 2 to 48 characters; write name: terran',
  },
  {
    what: 'a port that is none',
    text: added('  ports: {sql: 80}\n'),
    says: ':14:16: cluster.ports.sql must be at least 1025; write sql: 2881',
  },
  {
    what: 'a port in words',
    text: added('  ports:\n    rpc: "2882"\n'),
    says: ':15:10: cluster.ports.rpc must be a number; write rpc: 2882',
  },
  {
    what: 'a path that is not absolute',
    text: added('  paths: {data: data/1}\n'),
    says: ':14:17: cluster.paths.data must be an absolute path; write data: /data/1',
  },
  {
    what: 'a parameter that is a list',
    text: added('  parameters:\n    memory_limit: [16G]\n'),
    says: ':15:19: cluster.parameters.memory_limit must be a text, a number, true or false; write parameters: {memory_limit: 16G}',
  },
  {
    what: 'a primary zone that is none',
    text: added('  primaryZone: zone1;zone9\n'),
    says: ':14:16: cluster.primaryZone names zone9, which is none of zone1, zone2; write primaryZone: "zone1;zone2,zone3"',
  },
  {
    what: 'an IDC in none of the regions',
    text: added('regions: {hangzhou: [hz1]}\n'),
    says: 'cluster.zones[0].idc default is in none of the regions: name one of hz1; write idc: hz1',
  },
  {
    what: 'an entry for a host that is in no zone',
    text: added('hosts:\n  - address: 10.9.9.9\n'),
    says: ':15:14: hosts[0].address is in no zone and has no proxy: put it into one, or leave it out; write address: 10.0.0.11',
  },
  {
    what: 'a proxy on a host of an observer',
    text: added('obproxy: {name: odp, hosts: [10.0.0.12]}\n'),
    says: ':14:30: obproxy.hosts[0] 10.0.0.12 has an observer: a proxy needs a host of its own; write hosts: [10.0.0.14]',
  },
  {
    what: 'a mode that no proxy has',
    text: added('obproxy: {name: odp, mode: SHARDING, hosts: [10.0.0.14]}\n'),
    says: ':14:28: obproxy.mode must be one of RS_LIST, CONFIG_URL; write mode: RS_LIST',
  },
]
