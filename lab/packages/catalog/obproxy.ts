import { type Content, type LabPackage, mulan } from '../labPackage.ts'

const contentsOf = (version: string): readonly Content[] => [
  { kind: 'launcher', at: 'bin/obproxy', program: 'lib/obproxy/main.js' },
  { kind: 'text', at: 'bin/obproxyd.sh', text: '#!/bin/bash\n', mode: 0o755 },
  { kind: 'programs', room: 'obproxy', at: 'lib' },
  { kind: 'text', at: 'lib/lab_version', text: `${version}\n` },
]

/**
 * The community's package: its prefix is not where its files lie, so that `--prefix` moves nothing,
 * and its scripts remove, own and link fixed paths. Source: obproxy 81eeae9, build.sh PREFIX,
 * deps/3rd/obproxy.spec.
 */
const community = (version: string, release: string): LabPackage => {
  const root = `/home/admin/obproxy-${version}`
  const shared = '/u01/obproxy/lib'
  const links = [
    ['libobproxy_so.so', 'libobproxy_so.so.0'],
    ['libobproxy_so.so', 'libobproxy_so.so'],
    ['libprotobuf.so.18', 'libprotobuf.so.18'],
    ['libstdc++.so.6', 'libstdc++.so.6'],
  ]
  return {
    name: 'obproxy-ce',
    version,
    release,
    summary: `OceanBase Database Proxy ${version}, lab build`,
    license: mulan,
    url: 'https://github.com/oceanbase/obproxy',
    prefix: '/home/admin/obproxy',
    root,
    ownsRoot: false,
    contents: contentsOf(version),
    scripts: {
      pre: `${['log', 'bin', 'etc', '.conf'].map((name) => `rm -rf ${root}/${name}`).join('\n')}
rm -rf ${shared}
mkdir -p ${shared}`,
      post: `chown -R admin:admin ${root}
${links.map(([to, at]) => `ln -s ${root}/lib/${to} ${shared}/${at}`).join('\n')}`,
    },
  }
}

/**
 * The enterprise's: a directory of the version, and a link to it. Source: obdeploy a3e8c47,
 * plugins/obproxy/3.1.0/file_map.yaml; that a script makes the link is an assumption.
 */
const enterprise = (version: string, release: string): LabPackage => {
  const root = `/opt/taobao/install/obproxy-${version}`
  return {
    name: 'obproxy',
    version,
    release,
    summary: `OBProxy ${version}, lab build`,
    license: mulan,
    url: 'https://www.oceanbase.com',
    root,
    contents: contentsOf(version),
    scripts: { post: `ln -sfn ${root} /opt/taobao/install/obproxy` },
  }
}

export const obproxyPackages: readonly LabPackage[] = [
  enterprise('3.2.3', '2.el7'),
  enterprise('4.2.1.0', '11.el7'),
  community('4.3.1.0', '4.el7'),
]
