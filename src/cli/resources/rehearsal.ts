import { z } from 'zod'
import { plain } from '../text.ts'

const finding = z.object({
  code: z.union([z.string(), z.number()]),
  message: z.string(),
  field: z.string().optional(),
})

/** What a call with `dryRun=true` answers, other than a create of a cluster. */
export const rehearsal = z.object({
  admission: z.array(finding),
  name: z.string().nullable(),
  note: z.string().optional(),
  hosts: z.array(
    z.object({
      change: z.enum(['MAKE', 'REMOVE']),
      hostIp: z.string(),
      packages: z.array(z.string()),
      paths: z.array(z.string()),
      ports: z.array(z.number()),
      processes: z.array(z.string()),
    }),
  ),
})

/** What a dry run of a create answers. */
export const plannedCreate = z.object({
  admission: z.array(finding),
  preCheck: z.array(
    z.object({
      code: z.union([z.string(), z.number()]),
      level: z.enum(['FATAL', 'WARN']),
      message: z.string(),
      advice: z.string().optional(),
      guide: z.string().optional(),
      host: z.string().optional(),
    }),
  ),
})

export type Rehearsal = z.infer<typeof rehearsal>
export type PlannedCreate = z.infer<typeof plannedCreate>

/** What would be made or removed where, a line each; or what speaks against it. */
export function rehearsalLines({ admission, hosts, name, note }: Rehearsal): string[] {
  if (admission.length > 0)
    return admission.map(({ code, message }) => plain(`✖ ${code} ${message}`))
  const sign = { MAKE: '+', REMOVE: '-' } as const
  const lines = hosts.flatMap(({ change, hostIp, packages, paths, ports, processes }) => {
    const each = (what: string, all: readonly (string | number)[]): string[] =>
      all.map((one) => plain(`  ${sign[change]} ${what} ${one}`))
    const own = [
      ...each('process', processes),
      ...each('path', paths),
      ...each('package', packages),
      ...each('port', ports),
    ]
    return own.length === 0 ? [] : [plain(hostIp), ...own]
  })
  return [plain(name ?? ''), ...lines, ...(note === undefined ? [] : [plain(note)])]
}

/**
 * One line for each finding against a create, then its advice. The first finding of a code also
 * links to its section of the guide that the API at `url` serves. No findings, no lines.
 */
export function findingLines({ admission, preCheck }: PlannedCreate, url: string): string[] {
  const told = new Set<string>()
  const link = (guide: string | undefined): string[] => {
    if (guide === undefined || told.has(guide)) return []
    told.add(guide)
    return [plain(`    ${new URL(guide, url).href}`)]
  }
  return [
    ...admission.map(({ code, message }) => plain(`✖ ${code} ${message}`)),
    ...preCheck.flatMap(({ advice, code, guide, host, level, message }) => [
      plain(`${level === 'FATAL' ? '✖' : '!'} ${host ?? ''} ${code} ${message}`),
      ...(advice ? [plain(`    ${advice}`)] : []),
      ...link(guide),
    ]),
  ]
}

export const isRefused = ({ admission, preCheck }: PlannedCreate): boolean =>
  admission.length > 0 || preCheck.some(({ level }) => level === 'FATAL')
