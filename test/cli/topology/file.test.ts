import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFile } from '../../../src/cli/topology/import/index.ts'
import { sample } from '../../../src/cli/topology/sample.ts'
import { FileError, jsonSchema, readTopology } from '../../../src/topology/index.ts'
import { typed } from '../typed.ts'
import { faultyFiles, good } from './faultyFiles.ts'

const errorOf = (text: string): FileError => {
  try {
    readTopology('cluster.yaml', text)
  } catch (error) {
    if (error instanceof FileError) return error
    throw error
  }
  throw new Error('the file was taken')
}

describe('a topology file', () => {
  it('is taken as the sample has it, with and without its comments', () => {
    expect(readTopology('cluster.yaml', sample).cluster.zones).toHaveLength(3)
    // All but what excludes what stands there: the other way to log in, and regions without zones.
    const whole = sample.replaceAll(
      /^( *)# ( *(?:- )?(?!password|regions|hangzhou|shanghai)[a-z_A-Z]+: ?.*)$/gm,
      '$1$2',
    )
    expect(readTopology('cluster.yaml', whole)).toMatchObject({
      cluster: { parameters: { memory_limit: '16G' }, ports: { sql: 2881 }, osUser: 'admin' },
      hosts: [{ address: '10.0.0.11', sshPort: 2222, alias: 'db1' }],
      obproxy: { name: 'odp', hosts: ['10.0.0.14'] },
    })
  })

  it.each(faultyFiles)('with $what is refused: file, line, and what to write', ({ text, says }) => {
    const { message, faults } = errorOf(text)
    expect(message).toContain(says)
    for (const line of message.split('\n'))
      expect(line).toMatch(/^cluster\.yaml:\d+:\d+: .+; (write|see) .+$/)
    // A secret that somebody wrote there is not repeated.
    expect(message).not.toMatch(/Aa11--gateway|12345678|BEGIN OPENSSH/)
    expect(faults.length).toBeGreaterThan(0)
  })

  it('has at least 30 ways to be wrong that are tried here', () => {
    expect(faultyFiles.length).toBeGreaterThanOrEqual(30)
  })

  it('is told everything that is wrong at once, in the order of the file', () => {
    const lines = errorOf(
      good.replace('terran', '9').replace('10.0.0.12', 'x').replace('env:ROOT_PASSWORD', 'x'),
    )
    expect(lines.faults.map(({ line, path }) => [line, path])).toEqual([
      [7, 'cluster.name'],
      [8, 'cluster.password'],
      [13, 'cluster.zones[1].hosts[0]'],
    ])
  })

  it('has its JSON Schema in docs/, as "obflow schema" prints it', async () => {
    const file = join(import.meta.dirname, '../../../docs/topology.schema.json')
    const { stdout } = await typed(['schema'])
    if (process.env.UPDATE_SCHEMA) await writeFile(file, stdout)
    expect(await readFile(file, 'utf8')).toBe(stdout)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(jsonSchema())))
  })
})

// Shaped like obdeploy/example/obagent/distributed-with-obproxy-and-obagent-example.yaml.
const obd = `user:
  username: deploy
  password: very-secret
  port: 2222
oceanbase-ce:
  version: 4.2.1.8
  servers:
    - {name: server1, ip: 172.19.33.2}
    - {name: server2, ip: 172.19.33.3}
    - {name: server3, ip: 172.19.33.4}
  global:
    memory_limit: 64G
    enable_syslog_wf: false
    devname: eth0
    appname: obcluster
    cluster_id: 1
    root_password: also-secret
  server1: {mysql_port: 2881, rpc_port: 2882, home_path: /root/observer, zone: zone1}
  server2: {mysql_port: 2881, rpc_port: 2882, home_path: /root/observer, zone: zone2}
  server3: {mysql_port: 3881, rpc_port: 2882, home_path: /root/observer, zone: zone3}
obproxy-ce:
  depends: [oceanbase-ce]
  servers: [192.168.1.5]
  global: {listen_port: 2883, enable_cluster_checkout: false}
obagent:
  servers: [172.19.33.2]
prometheus:
  servers: [172.19.33.2]
`

// Shaped like tiup/embed/examples/cluster/multi-dc.yaml.
const tiup = `global: {user: tidb, ssh_port: 2222, data_dir: /tidb-data}
pd_servers: [{host: 10.0.1.11}]
tidb_servers: [{host: 10.0.1.16}]
tikv_servers:
  - {host: 10.0.1.19, config: {server.labels: {zone: bj, dc: bja}}}
  - {host: 10.0.1.20, config: {server.labels: {zone: bj, dc: bja}}}
  - {host: 10.0.1.21, config: {server.labels: {zone: sh, dc: sha}}}
`

describe('obflow import', () => {
  it("makes a topology of obd's file, without its secrets, and says what it left out", () => {
    const { leftOut, yaml } = importFile('obd.yaml', obd)
    const { cluster, hosts, login, obproxy } = readTopology('cluster.yaml', yaml)
    expect(cluster).toMatchObject({
      name: 'obcluster',
      id: 1,
      password: 'prompt',
      ports: { sql: 2881, rpc: 2882 },
      paths: { install: '/root/observer', data: '/root/observer/store' },
      parameters: { memory_limit: '64G', enable_syslog_wf: false },
      zones: [
        { name: 'zone1', hosts: ['172.19.33.2'] },
        { name: 'zone2', hosts: ['172.19.33.3'] },
        { name: 'zone3', hosts: ['172.19.33.4'] },
      ],
    })
    expect(login).toEqual({ user: 'deploy', password: 'prompt' })
    expect(hosts).toHaveLength(4)
    expect(obproxy).toMatchObject({ hosts: ['192.168.1.5'], ports: { sql: 2883 } })
    expect(yaml).not.toContain('secret: ')
    expect(yaml).not.toMatch(/very-secret|also-secret/)
    expect(leftOut.join('\n')).toMatch(/mysql_port differs from server to server/)
    for (const each of [
      'oceanbase-ce: devname',
      'obproxy-ce: enable_cluster_checkout',
      'prometheus: ',
    ])
      expect(
        leftOut.some((line) => line.startsWith(each)),
        each,
      ).toBe(true)
  })

  it("takes the hosts of tiup's file, a zone for each data centre", () => {
    const { leftOut, yaml } = importFile('topology.yaml', tiup)
    const { cluster, hosts } = readTopology('cluster.yaml', yaml)
    expect(cluster.zones.map((zone) => zone.hosts)).toEqual([
      ['10.0.1.19', '10.0.1.20'],
      ['10.0.1.21'],
    ])
    expect(hosts?.[0]).toEqual({ address: '10.0.1.19', sshPort: 2222 })
    expect(leftOut).toContain('tidb_servers')
  })

  it('refuses what is neither', () => {
    expect(() => importFile('x.yaml', 'a: 1\n')).toThrow(FileError)
    expect(() => importFile('x.yaml', 'a: [\n')).toThrow('is no YAML')
  })
})
