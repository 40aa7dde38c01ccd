import { expect, test } from 'vitest'
import {
  addServer,
  alterRootPassword,
  bootstrapStatement,
  createReadOnlyUser,
  linkStatements,
  majorFreeze,
  primaryZoneOf,
  setPrimaryZone,
  setZoneIdc,
} from '../../src/oceanbase/index.ts'
import { Secret, sql, withoutSecrets } from '../../src/quote.ts'
import { terran, threeZones, zone } from './cluster.ts'

test('BOOTSTRAP names one server of each zone', () => {
  expect(bootstrapStatement(terran({ zones: threeZones() })).text).toBe(
    "ALTER SYSTEM BOOTSTRAP ZONE 'zone1' SERVER '10.0.0.1:2882', ZONE 'zone2' SERVER '10.0.0.2:2882', ZONE 'zone3' SERVER '10.0.0.3:2882'",
  )
})

test('BOOTSTRAP names the region of a zone that has one', () => {
  const zones = [zone('zone1', ['10.0.0.1'], 'HANGZHOU')]
  expect(bootstrapStatement(terran({ zones })).text).toBe(
    "ALTER SYSTEM BOOTSTRAP REGION 'HANGZHOU' ZONE 'zone1' SERVER '10.0.0.1:2882'",
  )
})

test('a standby is bootstrapped with its primary', () => {
  const primary = {
    obClusterId: 7,
    rootServers: [{ ip: '10.0.9.1', rpcPort: 2882, sqlPort: 2881 }],
  }
  expect(bootstrapStatement(terran(), primary).text).toBe(
    "ALTER SYSTEM BOOTSTRAP CLUSTER STANDBY ZONE 'zone1' SERVER '10.0.0.1:2882' PRIMARY_CLUSTER_ID 7 PRIMARY_ROOTSERVICE_LIST '10.0.9.1:2882:2881'",
  )
})

test('a server is added to its zone, a zone gets its IDC', () => {
  expect(
    addServer(terran(), { hostId: 4, ip: '10.0.0.4', zone: 'zone1', rootServer: false }).text,
  ).toBe("ALTER SYSTEM ADD SERVER '10.0.0.4:2882' ZONE 'zone1'")
  expect(setZoneIdc({ name: 'zone1', idcName: "h'z" }).text).toBe(
    "ALTER SYSTEM MODIFY ZONE 'zone1' SET IDC = 'h''z'",
  )
})

test('passwords are sent and not shown', () => {
  const password = new Secret(`it's \\ "x"`)
  expect(alterRootPassword(password)).toMatchObject({
    text: `ALTER USER root IDENTIFIED BY 'it''s \\\\ "x"'`,
    shown: 'ALTER USER root IDENTIFIED BY ***',
  })
  const statements = [
    ...createReadOnlyUser('ocp_monitor', password),
    ...linkStatements(terran(), password),
  ]
  expect(statements.map(({ shown }) => shown).join()).not.toContain("it''s")
})

test('a read-only user gets SELECT and nothing else', () => {
  const [, , grant, ...others] = createReadOnlyUser('proxyro', new Secret('x'))
  expect([grant?.text, others]).toEqual(['GRANT SELECT ON *.* TO `proxyro`', []])
})

test('backslashes and quotes in values stay values', () => {
  expect(sql`SELECT ${"\\'; DROP TABLE t; --"}`.text).toBe("SELECT '\\\\''; DROP TABLE t; --'")
})

test('a server that repeats a password does not get it into a log', () => {
  const password = new Secret(`a'b\\c`)
  const repeated = `near '${sql`IDENTIFIED BY ${password}`.text}' a'b\\c`
  expect(withoutSecrets(repeated, [password])).toBe("near 'IDENTIFIED BY ***' ***")
})

test.each([
  ['2.2.73', ['zone1'], 'zone1'],
  ['3.2.4', ['zone1', 'zone2', 'zone3'], 'zone1;zone2,zone3'],
  ['4.2.1.8', ['zone1', 'zone2'], 'RANDOM'],
])('without a posted primary zone %s with zones %j has %s', (version, names, expected) => {
  expect(
    primaryZoneOf(terran({ version, zones: names.map((name) => zone(name, ['10.0.0.1'])) })),
  ).toBe(expected)
})

test('a posted primary zone is taken as it is', () => {
  expect(primaryZoneOf(terran({ primaryZone: 'zone2;zone1' }))).toBe('zone2;zone1')
  expect(setPrimaryZone('zone2;zone1').text).toBe(
    "ALTER TENANT sys SET PRIMARY_ZONE = 'zone2;zone1'",
  )
})

test.each([
  ['2.2.73', 'ALTER SYSTEM MAJOR FREEZE'],
  ['4.2.1.8', 'ALTER SYSTEM MAJOR FREEZE TENANT = sys'],
])('%s freezes with %s', (version, statement) => {
  expect(majorFreeze({ version }).text).toBe(statement)
})
