import { type Content, type LabPackage, mulan } from '../labPackage.ts'
import { spatialReferencesFile, timeZonesFile } from './importData.ts'
import { serverFixed, serverProfile, serverScripts } from './serverScripts.ts'

const prefix = '/home/admin/oceanbase'

const text = (at: string, words: string): Content => ({ kind: 'text', at, text: words })

/** Of Python 2 with mysql.connector, and with the password in its arguments: for nobody to run. */
const python = (at: string): Content => ({
  kind: 'text',
  at,
  text: '#!/usr/bin/python\nexit(1)\n',
  mode: 0o755,
})

/**
 * What every edition's server package has. Source: kernel cmake/Pack.cmake, COMPONENT server (3.1:
 * cmake/RPM.cmake). The first four are the lab's own.
 */
const server = (version: string): readonly Content[] => {
  const [major = 0] = version.split('.').map(Number)
  return [
    { kind: 'programs', room: 'observer', at: 'lib' },
    { kind: 'kernel', at: 'lib/seekdb' },
    { kind: 'text', at: 'etc/lab_version', text: `${version}\n` },
    { kind: 'folder', at: 'admin' },
    ...(major >= 4
      ? [
          python('bin/import_srs_data.py'),
          text('etc/default_srs_data_mysql.sql', spatialReferencesFile),
        ]
      : []),
  ]
}

/** Time zones are brought by all public packages. */
const timeZones = [
  python('bin/import_time_zone_info.py'),
  text('etc/timezone_V1.log', timeZonesFile),
]

/**
 * The enterprise package: one rpm with ob_admin, from 4.0 on with bench_io.sh. Source: kernel
 * 4.2.5, cmake/Pack.cmake, "if (OB_BUILD_OPENSOURCE) … else()".
 */
const enterprise = (version: string, release: string): LabPackage => ({
  name: 'oceanbase',
  version,
  release,
  summary: `OceanBase ${version}, lab build`,
  license: mulan,
  url: 'https://open.oceanbase.com',
  prefix,
  contents: [
    { kind: 'launcher', at: 'bin/observer', program: 'lib/observer/main.js' },
    { kind: 'launcher', at: 'bin/ob_admin', program: 'lib/observer/obAdmin.js' },
    ...(Number(version.split('.')[0]) >= 4
      ? [
          { kind: 'launcher', at: 'bin/bench_io.sh', program: 'lib/observer/benchIo.js' } as const,
          ...timeZones,
        ]
      : []),
    ...server(version),
  ],
})

const communityUrl = 'https://github.com/oceanbase/oceanbase'

/**
 * What the community server needs. Up to 4.2.0 rpm found out itself (`libaio.so.1`), from 4.2.1 on
 * it is written down. Source: kernel cmake/RPM.cmake, CPACK_RPM_SERVER_PACKAGE_REQUIRES.
 */
const needs = (version: string, explicit: boolean): readonly string[] =>
  explicit
    ? [`oceanbase-ce-libs = ${version}`, 'jq', 'systemd']
    : ['libaio.so.1()(64bit)', 'libc.so.6()(64bit)']

/**
 * The community edition: a server that finds its libraries in a second package, tools in a third.
 * Source: kernel 3.1.5 cmake/RPM.cmake; 4.2.1, 4.2.5 cmake/Pack.cmake COMPONENT libs, utils.
 */
const community = (options: {
  readonly version: string
  readonly release: string
  /** Whether the server says what it needs and has a unit of systemd: from 4.2.1 on. */
  readonly explicit: boolean
  /** Made with rpm/oceanbase.spec of the kernel instead of cpack, as 4.3 on Anolis. */
  readonly bySpec?: boolean
  readonly onDemand?: boolean
}): readonly LabPackage[] => {
  const { version, release, explicit, bySpec = false, onDemand = false } = options
  const common = {
    version,
    release,
    license: mulan,
    url: communityUrl,
    onDemand,
    ...(bySpec && { rootsFiles: true }),
  } as const
  return [
    {
      ...common,
      name: 'oceanbase-ce-libs',
      summary: `Libraries of OceanBase CE ${version}, lab build`,
      prefix,
      ownsRoot: false,
      contents: [
        { kind: 'library', at: 'lib/libaio.so.1.0.1', file: 'libaio.so.1' },
        { kind: 'link', at: 'lib/libaio.so.1', to: 'libaio.so.1.0.1' },
        { kind: 'link', at: 'lib/libaio.so', to: 'libaio.so.1' },
        { kind: 'text', at: 'lib/libmariadb.so.3', text: '' },
        { kind: 'link', at: 'lib/libmariadb.so', to: 'libmariadb.so.3' },
      ],
      provides: ['libaio.so.1()(64bit)', 'libmariadb.so.3()(64bit)'],
    },
    {
      ...common,
      name: 'oceanbase-ce',
      summary: `OceanBase CE ${version}, lab build`,
      prefix,
      ownsRoot: false,
      contents: [
        {
          kind: 'launcher',
          at: 'bin/observer',
          program: 'lib/observer/main.js',
          loads: ['libaio.so.1'],
        },
        ...timeZones,
        ...server(version),
        ...(explicit ? serverProfile(prefix) : []),
      ],
      requires: [...needs(version, explicit), ...(bySpec ? ['curl'] : [])],
      ...(explicit && { scripts: serverScripts(prefix, version) }),
    },
    {
      ...common,
      name: 'oceanbase-ce-utils',
      summary: `Tools of OceanBase CE ${version}, lab build`,
      prefix: '/usr',
      root: '/usr/libexec/obflow-lab-utils',
      contents: [
        { kind: 'programs', room: 'observer', at: 'lib' },
        { kind: 'text', at: 'etc/lab_version', text: `${version}\n` },
      ],
      fixed: serverFixed,
    },
  ]
}

export const observerPackages: readonly LabPackage[] = [
  enterprise('2.2.73', '20201211175814.el7'),
  enterprise('3.2.4.1', '101000052023010822.el7'),
  enterprise('4.2.1.8', '108000022024072217.el7'),
  ...community({ version: '4.2.5.0', release: '100000052024102022.el7', explicit: true }),
  ...[
    { version: '3.1.5', release: '100000252023041721.el7', explicit: false },
    { version: '4.0.0.0', release: '103000022023011215.el7', explicit: false },
    { version: '4.2.1.8', release: '108000022024072217.el7', explicit: true },
    { version: '4.3.5.2', release: '102020032025070315.el7', explicit: true, bySpec: true },
  ].flatMap((each) => community({ ...each, onDemand: true })),
]
