import { describe, expect, it } from 'vitest'
import { inEnglish } from '../../src/errors/say.ts'
import { needsOfHost, roleOf, type SetMember, setOf } from '../../src/oceanbase/packages.ts'
import { objectionToVersion } from '../../src/oceanbase/versions.ts'

const release = '100000052024102022.el7'
const member = (name: string, changes: Partial<SetMember> = {}): SetMember => ({
  name,
  version: '4.2.5.0',
  release,
  architecture: 'x86_64',
  requires: [],
  provides: [`${name} = 4.2.5.0-${release}`],
  ...changes,
})
const server = member('oceanbase-ce', {
  requires: [
    'oceanbase-ce-libs = 4.2.5.0',
    'jq',
    'systemd',
    '/bin/sh',
    '(glibc-langpack if glibc)',
    'rpmlib(CompressedFileNames) <= 3.0.4-1',
  ],
})
const libs = member('oceanbase-ce-libs', { provides: ['libaio.so.1()(64bit)'] })
const utils = member('oceanbase-ce-utils')
const namesOf = (uploaded: readonly SetMember[], from = server) =>
  setOf(from, uploaded).packages.map(({ name }) => name)

describe('the packages of a cluster', () => {
  it('are libraries, server and tools of one build, in this order', () => {
    expect(namesOf([utils, server, libs])).toEqual([
      'oceanbase-ce-libs',
      'oceanbase-ce',
      'oceanbase-ce-utils',
    ])
  })
  it('are the one package of the enterprise edition', () => {
    const enterprise = member('oceanbase')
    expect(namesOf([enterprise, libs, utils], enterprise)).toEqual(['oceanbase'])
  })
  it('are not of another build, version or architecture', () => {
    const others = [
      member('oceanbase-ce-libs', { release: '1.el8' }),
      member('oceanbase-ce-libs', { version: '4.2.1.8' }),
      member('oceanbase-ce-libs', { architecture: 'aarch64' }),
    ]
    expect(setOf(server, others)).toEqual({
      packages: [server],
      missing: ['oceanbase-ce-libs = 4.2.5.0'],
    })
  })
  it('of a build that only asks for libaio take the libraries when they are there', () => {
    const older = member('oceanbase-ce', { requires: ['libaio.so.1()(64bit)'] })
    expect(setOf(older, [libs]).packages).toEqual([libs, older])
    expect(setOf(older, [])).toEqual({ packages: [older], missing: [] })
    expect(needsOfHost([older])).toEqual(['libaio.so.1()(64bit)'])
    expect(needsOfHost([libs, older])).toEqual([])
  })
  it('leave to the host what no package of OceanBase provides', () => {
    expect(needsOfHost([libs, server])).toEqual(['jq', 'systemd'])
  })
})

it.each([
  ['oceanbase', 'server'],
  ['oceanbase-standalone', 'server'],
  ['oceanbase-ce-libs', 'libs'],
  ['oceanbase-standalone-utils', 'utils'],
  ['oceanbase-ce-cdc', undefined],
  ['oceanbase-ce-devel', undefined],
])('%s is %s', (name, role) => {
  expect(roleOf(name)).toBe(role)
})

it.each([
  ['2.1.1', 'is older than 2.2'],
  ['2.2.73', undefined],
  ['4.4.1.0', undefined],
  ['4.5.0.0', undefined],
  ['5.0.1.0', 'is newer than 4.x'],
  ['x', 'is no version'],
])('a cluster of %s: %s', (version, objection) => {
  const said = objectionToVersion(version)
  if (objection === undefined) expect(said).toBeUndefined()
  else expect(said && inEnglish(said)).toContain(objection)
})
