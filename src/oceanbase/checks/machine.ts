import { say } from '../../errors/say.ts'
import { needsAvx } from '../versions.ts'
import { type Check, when } from './finding.ts'

/** Commands that the steps of an install use on a host. */
export const neededCommands = [
  'bash',
  'rpm',
  'setsid',
  'runuser',
  'install',
  'find',
  'ldd',
  'timeout',
  'df',
  'stat',
] as const

/** What OceanBase's documentation asks for; no kernel refuses fewer. */
export const leastCores = 2

/**
 * A feature of the host that OceanBase does not like. Source: obdeploy plugins/host_tool/1.0; tiup,
 * "cluster check".
 */
const disliked = [
  {
    feature: 'selinux',
    item: say`SELinux`,
    is: say`is enforcing`,
    advice: say`set SELINUX=disabled in /etc/selinux/config and run setenforce 0`,
  },
  {
    feature: 'thp',
    item: say`transparent huge pages`,
    is: say`are always on`,
    advice: say`echo never > /sys/kernel/mm/transparent_hugepage/enabled`,
  },
  {
    feature: 'firewalld',
    item: say`firewalld`,
    is: say`is running`,
    advice: say`open the ports of the cluster in it, or systemctl disable --now firewalld`,
  },
] as const

/**
 * The machine and its operating system. Sources: OCP's error table (CMP070xx); obdeploy, errors
 * 2014 and 2022.
 */
export const machineChecks: readonly Check[] = [
  {
    code: 'CMP07010',
    item: say`machine`,
    level: 'FATAL',
    advice: say`create the cluster with one host for each machine, and delete the others`,
    look: ({ twins, wish: { server } }) =>
      twins.map(
        (ip) =>
          say`${server.ip} and ${ip} are two addresses of one machine; a cluster needs a machine for each server`,
      ),
  },
  {
    code: 'CMP07010',
    item: say`machine`,
    level: 'WARN',
    advice: say`give each clone an identity of its own: rm /etc/machine-id, then systemd-machine-id-setup`,
    look: ({ clones }) =>
      clones.map((ip) => say`${ip} is another machine with the same machine-id, as a clone has`),
  },
  {
    code: 'CMP07037',
    item: say`OS user`,
    level: 'FATAL',
    advice: say`useradd -m the user that is to own and run OceanBase`,
    look: ({ facts, wish: { cluster } }) =>
      when(!facts.userExists, say`user ${cluster.osUser} does not exist`),
  },
  {
    code: 'CMP07037',
    item: say`OS user`,
    level: 'FATAL',
    advice: say`give the user a shell, and let it pass /etc/security/access.conf`,
    look: ({ facts, wish: { cluster } }) =>
      when(facts.userExists && !facts.limits, say`nothing can be run as user ${cluster.osUser}`),
  },
  {
    code: 'CMP07025',
    item: say`architecture`,
    level: 'FATAL',
    advice: say`upload a package for the architecture of the host and create the cluster with it`,
    look: ({ facts, wish }) =>
      when(
        wish.package.architecture !== 'noarch' && wish.package.architecture !== facts.architecture,
        say`the host is ${facts.architecture}, the package is ${wish.package.architecture}`,
      ),
  },
  {
    code: 'CMP07036',
    item: say`commands`,
    level: 'FATAL',
    advice: say`install the packages that bring them (rpm, util-linux, coreutils, findutils, glibc-common)`,
    look: ({ facts }) =>
      when(facts.missingCommands.length > 0, say`missing: ${facts.missingCommands}`),
  },
  {
    code: 'OBE19018',
    item: say`CPU`,
    level: 'WARN',
    advice: say`give the host at least ${leastCores} cores, or raise the limit of its cgroup`,
    look: ({ facts }) => {
      const cores = Math.min(facts.cores, facts.cgroup.cores)
      const usable = Number(cores.toFixed(1))
      return when(
        cores < leastCores,
        cores < facts.cores
          ? say`${usable} of ${facts.cores} cores, by the limit of a cgroup; ${leastCores} are asked for`
          : say`cores: ${usable}; ${leastCores} are asked for`,
      )
    },
  },
  {
    code: 'OBD-2014',
    item: say`CPU flags`,
    level: 'FATAL',
    advice: say`run on a processor with AVX, or install a build that does without: 4.2.5.6 and later 4.2.5, 4.3.5.4 and later 4.3.5, 4.4.1 and later`,
    look: ({ facts, wish: { cluster } }) =>
      when(
        facts.architecture === 'x86_64' &&
          !facts.features.includes('avx') &&
          needsAvx(cluster.version),
        say`the processor has no AVX, which OceanBase ${cluster.version} needs`,
      ),
  },
  {
    code: 'OBD-2014',
    item: say`CPU flags`,
    level: 'FATAL',
    advice: say`run on a processor with LSE atomics, or install a build whose release says nonlse`,
    look: ({ facts, wish }) =>
      when(
        facts.architecture === 'aarch64' &&
          !facts.features.includes('atomics') &&
          !wish.package.nvra.includes('nonlse'),
        say`the processor has no atomics (LSE), which the package needs`,
      ),
  },
  {
    code: 'CMP07036',
    item: say`io bench`,
    level: 'WARN',
    advice: say`install fio`,
    look: ({ facts }) =>
      when(
        facts.tools.length === 0,
        say`neither fio nor ob_admin is there; the io bench falls back to dd unless the package brings ob_admin`,
      ),
  },
  {
    code: 'OBD-1017',
    item: say`swap`,
    level: 'WARN',
    advice: say`swapoff -a and take swap out of /etc/fstab`,
    look: ({ facts }) =>
      when(facts.memory.swap > 0, say`${Math.round(facts.memory.swap / 1024 ** 2)} MiB are on`),
  },
  ...disliked.map(
    ({ feature, item, is, advice }): Check => ({
      code: 'OBD-1017',
      item,
      level: 'WARN',
      advice,
      look: ({ facts }) => when(facts.features.includes(feature), is),
    }),
  ),
]
