import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { codes } from '../../errors/codes.ts'
import { Refused } from '../../errors/refused.ts'
import { saidIn } from '../../errors/say.ts'
import type { Rehearsal } from '../../operations/index.ts'
import type { Context } from '../context.ts'
import { nameIn } from '../tasks/names.ts'
import { named, readerOf } from '../tasks/reader.ts'
import { type Answer, data } from './envelope.ts'
import { findingShower } from './errors.ts'

/** With `dryRun=true` a call changes nothing: the answer is what it would do. */
export const dryRunQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).optional() })

export const isDryRun = ({ query }: { readonly query: z.infer<typeof dryRunQuery> }): boolean =>
  query.dryRun === 'true'

/** What a task would do on hosts with what lies there. */
export type Change = 'MAKE' | 'REMOVE' | 'NONE'

function show(
  { task, footprints, note }: Rehearsal,
  change: Change,
  request: FastifyRequest,
  config: Context['config'],
) {
  const reader = readerOf(config, request)
  // A rollback names only the subtasks that it undoes.
  const ids = task.subtasks.map(({ id }) => id)
  const shown = (id: number): boolean => ids.includes(id)
  const place = (id: number): number => id - task.firstSubtaskId + 1
  return {
    admission: [],
    hosts:
      change === 'NONE'
        ? []
        : footprints.map(({ ip, ...rest }) => ({ change, hostIp: ip, ...rest })),
    id: null,
    name: nameIn(reader.language, task.name),
    ...(note && { note: saidIn(reader.language, note) }),
    tasks: task.subtasks.map((subtask) => ({
      ...named(reader, subtask.name),
      downstreams: subtask.downstreams.filter(shown).map(place),
      ...(subtask.hostId !== null && { hostId: subtask.hostId }),
      ...(subtask.ip !== null && { hostIp: subtask.ip }),
      id: place(subtask.id),
      timeout: subtask.timeout,
      upstreams: subtask.upstreams.filter(shown).map(place),
      ...(subtask.zone !== null && { zone: subtask.zone }),
    })),
  }
}

/**
 * The answer of a dry run: the task as it would be accepted and what it would make or remove on
 * each host, or the findings against it. What does not exist is refused like by the call itself.
 */
export async function rehearsed(
  { config }: Pick<Context, 'config'>,
  {
    request,
    change,
    rehearse,
  }: {
    readonly request: FastifyRequest
    readonly change: Change
    readonly rehearse: () => Promise<Rehearsal>
  },
): Promise<Answer> {
  try {
    return data(show(await rehearse(), change, request, config))
  } catch (error) {
    if (!(error instanceof Refused) || codes[error.findings[0].code].http === 404) throw error
    const admission = error.findings.map(findingShower(config, request))
    return data({ admission, hosts: [], id: null, name: null, tasks: [] })
  }
}
