import { asIs, say } from '../../errors/say.ts'
import { type Check, when } from './finding.ts'

interface Parameter {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly recommended: number
}

const any = Number.POSITIVE_INFINITY

/**
 * Source: obdeploy plugins/oceanbase/3.1.0/environment_check.py and host_tool/1.0; OceanBase's
 * documentation, "Configure sysctl.conf".
 */
const parameters: readonly Parameter[] = [
  { name: 'vm.max_map_count', from: 327_600, to: 1_310_720, recommended: 655_360 },
  { name: 'vm.min_free_kbytes', from: 32_768, to: 2_097_152, recommended: 2_097_152 },
  { name: 'vm.overcommit_memory', from: 0, to: 0, recommended: 0 },
  { name: 'vm.swappiness', from: 0, to: 10, recommended: 0 },
  { name: 'fs.file-max', from: 6_573_688, to: any, recommended: 6_573_688 },
  { name: 'net.core.somaxconn', from: 2048, to: any, recommended: 2048 },
]

/** Free slots of asynchronous I/O that one observer takes. Source: obdeploy, error 1011. */
const aioNeeded = 20_000
const aioRecommended = 1_048_576
const aioAdvice = say`set fs.aio-max-nr = ${aioRecommended} in /etc/sysctl.conf and run sysctl -p`

/** What the pre-check reads below /proc/sys. */
export const kernelNames = [...parameters.map(({ name }) => name), 'fs.aio-max-nr', 'fs.aio-nr']

const parameterCheck = ({ name, from, to, recommended }: Parameter): Check => ({
  code: 'OBD-1017',
  item: asIs(name),
  level: 'WARN',
  advice: say`set ${name} = ${recommended} in /etc/sysctl.conf and run sysctl -p`,
  look: ({ facts: { kernel } }) => {
    const value = kernel[name]
    const range = to === any ? say`at least ${from}` : from === to ? from : say`${from} to ${to}`
    return when(
      value !== undefined && (value < from || value > to),
      say`is ${value}, it should be ${range}`,
    )
  },
})

/** Kernel parameters. */
export const kernelChecks: readonly Check[] = [
  {
    code: 'OBD-1011',
    item: say`fs.aio-max-nr`,
    level: 'FATAL',
    advice: aioAdvice,
    look: ({ facts: { kernel, observers } }) => {
      const [max, used] = [kernel['fs.aio-max-nr'], kernel['fs.aio-nr']]
      if (max === undefined || used === undefined || observers.length > 0) return []
      return when(
        max - used < aioNeeded,
        say`${max - used} slots of asynchronous I/O are free, ${aioNeeded} are needed`,
      )
    },
  },
  {
    code: 'OBD-1011',
    item: say`fs.aio-max-nr`,
    level: 'WARN',
    advice: aioAdvice,
    look: ({ facts: { kernel } }) => {
      const max = kernel['fs.aio-max-nr']
      return when(
        max !== undefined && max < aioRecommended,
        say`is ${max}, recommended is ${aioRecommended}`,
      )
    },
  },
  ...parameters.map(parameterCheck),
]
