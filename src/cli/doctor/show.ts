import { gibibytes } from '../../oceanbase/index.ts'
import { type Paint, plain } from '../text.ts'
import type { DoctorReport } from './doctor.ts'
import { nvraOf, type PackageReport } from './packages.ts'
import type { HostReport } from './report.ts'

const row = (name: string, value: string): string => `  ${name.padEnd(12)} ${value}`

function packageLines(report: PackageReport, paint: Paint): string[] {
  const { line, objection, prefixes, programs, requires } = report
  return [
    paint('bold', nvraOf(report)),
    ...(line === undefined ? [] : [row('rules of', `OceanBase ${line}`)]),
    ...(objection === undefined ? [] : [paint('red', row('refused', objection))]),
    row('prefix', prefixes.join(', ') || 'none: its files cannot be moved'),
    ...Object.entries(programs).map(([name, path]) => row(name, path)),
    row('requires', requires.join(', ') || 'nothing'),
  ]
}

function memoryLine({ memory }: HostReport): string {
  const limit = memory.memoryLimitGiven ? 'given' : 'a share of it'
  const needed =
    memory.neededForTenants > 0 ? ` (${gibibytes(memory.neededForTenants)} needed)` : ''
  return `${gibibytes(memory.total)}, ${gibibytes(memory.available)} available; memory_limit ${gibibytes(memory.memoryLimit)} (${limit}), system_memory ${gibibytes(memory.systemMemory)}, left for tenants ${gibibytes(memory.leftForTenants)}${needed}`
}

function storeLines({ store }: HostReport): string[] {
  if (!store) return []
  const { datafileSize, logDiskSize, shared, slog, sysLogDisk } = store
  const redo =
    logDiskSize === undefined
      ? 'no room reserved for redo logs'
      : `redo logs ${gibibytes(logDiskSize)}, of which sys takes ${gibibytes(sysLogDisk ?? 0)}`
  return [
    row(
      'observer',
      `data file ${gibibytes(datafileSize)}, slog ${gibibytes(slog)}, ${redo}${shared ? '; one disk for all' : ''}`,
    ),
  ]
}

function hostLines(report: HostReport, paint: Paint): string[] {
  const { architecture, cores, disks, findings, host, network, software, start } = report
  const reached = network.reachedFrom.map(
    (way) => `${way.port} ${way.reached ? 'from' : 'NOT from'} ${way.host}`,
  )
  return [
    paint('bold', host),
    row('machine', `${architecture}, ${cores} cores, network device ${network.device ?? '?'}`),
    row('memory', memoryLine(report)),
    ...disks.map(({ path, device, total, available }) =>
      row('disk', `${path} on ${device}: ${gibibytes(available)} of ${gibibytes(total)} free`),
    ),
    ...storeLines(report),
    row('clock', network.clockOffsetMs === null ? 'not known' : `${network.clockOffsetMs} ms off`),
    row('ports', reached.join(', ') || 'not asked'),
    row('installed', software.installed.join(', ') || 'nothing of that name'),
    row('missing', software.missingRequires.join(', ') || 'nothing'),
    row('io bench', `${software.ioBench.join(', ') || 'dd'}`),
    row('start', start.command),
    ...start.readiness.map((each) => row('ready', each)),
    ...findings.map((finding) =>
      paint(
        finding.level === 'FATAL' ? 'red' : 'yellow',
        `  ${finding.level} ${finding.code} ${finding.item}: ${finding.message}; ${finding.advice}`,
      ),
    ),
    ...(findings.length === 0 ? [paint('green', '  nothing found')] : []),
  ]
}

/** A report as text, without escape sequences of others. */
export function showReport(report: DoctorReport, paint: Paint): string {
  const { hosts, missingPackages, packages, unreached } = report
  const clean: Paint = (style, text) => paint(style, plain(text))
  const blocks = [
    ...packages.map((each) => packageLines(each, clean)),
    ...missingPackages.map((each) => [
      clean('red', `${each} is required too: give its file as well`),
    ]),
    ...hosts.map((each) => hostLines(each, clean)),
    ...unreached.map(({ host, reason }) => [
      clean('bold', host),
      clean('red', `  not looked at: ${reason}`),
    ]),
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}
