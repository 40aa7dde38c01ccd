import { type Part, type Said, say } from '../../errors/say.ts'
import type { Limits } from './facts.ts'
import { type Check, when } from './finding.ts'

interface Limit {
  readonly item: Said
  readonly key: keyof Limits
  readonly need?: number
  readonly recommended: number
  /** Name in limits.conf. */
  readonly name: string
}

/**
 * Source: obdeploy plugins/oceanbase/3.1.0/system_limits_check.py; recommended values of
 * OceanBase's documentation, "Configure limits.conf".
 */
const table: readonly Limit[] = [
  { item: say`open files`, key: 'openFiles', need: 20_000, recommended: 655_350, name: 'nofile' },
  {
    item: say`max user processes`,
    key: 'processes',
    need: 4096,
    recommended: 655_360,
    name: 'nproc',
  },
  {
    item: say`stack size (KiB)`,
    key: 'stackKiB',
    need: 1024,
    recommended: Number.POSITIVE_INFINITY,
    name: 'stack',
  },
  {
    item: say`core file size`,
    key: 'coreBlocks',
    recommended: Number.POSITIVE_INFINITY,
    name: 'core',
  },
]

const shown = (limit: number): Part => (limit === Number.POSITIVE_INFINITY ? say`unlimited` : limit)

const adviceOf = ({ name, recommended }: Limit): Said =>
  say`set soft and hard ${name} of the user that runs observer to ${shown(recommended)} in /etc/security/limits.conf`

/** Limits of the OS user's processes. */
export const limitChecks: readonly Check[] = table.flatMap((limit): Check[] => [
  {
    code: 'OBD-1007',
    item: limit.item,
    level: 'FATAL',
    advice: adviceOf(limit),
    look: ({ facts: { limits } }) =>
      when(
        limits !== undefined && limit.need !== undefined && limits[limit.key] < limit.need,
        say`is ${shown(limits?.[limit.key] ?? 0)}, at least ${limit.need} are needed`,
      ),
  },
  {
    code: 'OBD-1007',
    item: limit.item,
    level: 'WARN',
    advice: adviceOf(limit),
    look: ({ facts: { limits } }) =>
      when(
        limits !== undefined &&
          limits[limit.key] >= (limit.need ?? 0) &&
          limits[limit.key] < limit.recommended,
        say`is ${shown(limits?.[limit.key] ?? 0)}, recommended is ${shown(limit.recommended)}`,
      ),
  },
])
