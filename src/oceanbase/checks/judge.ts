import { type Said, say } from '../../errors/say.ts'
import { diskChecks } from './disks.ts'
import type { Check, Finding, Situation } from './finding.ts'
import { kernelChecks } from './kernel.ts'
import { limitChecks } from './limits.ts'
import { machineChecks } from './machine.ts'
import { memoryChecks } from './memory.ts'
import { networkChecks } from './network.ts'
import { occupancyChecks } from './occupancy.ts'
import { parameterChecks } from './parameters.ts'
import { zoneChecks } from './zones.ts'

/** Every pre-check of a host, the most telling first. */
export const checks: readonly Check[] = [
  ...occupancyChecks,
  ...machineChecks,
  ...memoryChecks,
  ...diskChecks,
  ...networkChecks,
  ...limitChecks,
  ...kernelChecks,
  ...zoneChecks,
  ...parameterChecks,
]

/** The one finding about a path whose mount does not answer: no other fact could be read. */
const unanswered = (path: string): Finding => ({
  code: 'CMP07050',
  item: say`mounts`,
  level: 'FATAL',
  message: say`${path} lies on a mount that does not answer`,
  advice: say`bring its server back or unmount it (umount -f), then retry; or use another path`,
})

/** All that is not as it should be on a host, FATAL findings first. */
export const judge = (situation: Situation): Finding[] => {
  const { dead } = situation.facts
  if (dead.length > 0) return dead.map(unanswered)
  const findings = checks.flatMap(({ look, ...finding }) =>
    look(situation).map((message) => ({ ...finding, message })),
  )
  return [
    ...findings.filter(({ level }) => level === 'FATAL'),
    ...findings.filter(({ level }) => level === 'WARN'),
  ]
}

/** A finding as an operator reads it, in one line. */
export const sentence = ({ code, item, message, advice }: Finding): Said =>
  say`${code} ${item}: ${message}; ${advice}`
