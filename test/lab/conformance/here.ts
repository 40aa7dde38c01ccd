import { expect } from 'vitest'
import { z } from 'zod'
import type { LabHost } from '../../../lab/index.ts'
import type { Task } from '../../../src/cli/taskSchema.ts'
import { causes, type Scene } from '../scene.ts'
import type { Talk } from './talk.ts'

/** What the calls of all files are asked of: one obflow with four hosts. */
export interface Here {
  readonly scene: Scene
  readonly talk: Talk
  /** Ids of the hosts, in the lab's order; one that is added again has another. */
  readonly hostIds: number[]
  /** The create of the cluster that the others are about. */
  readonly primary: { readonly id: number; readonly clusterId: number }
}
export type Where = () => Here

export const rootPassword = 'Aa11--zerg'
export const rpm = 'oceanbase-2.2.73-20201211175814.el7.x86_64.rpm'
export const rpm4 = 'oceanbase-4.2.1.8-108000022024072217.el7.x86_64.rpm'

export const withId = z.looseObject({ id: z.number() })
export const created = z.looseObject({ id: z.number(), clusterId: z.number() })
export const added = z.looseObject({
  id: z.number(),
  hostIds: z.array(z.number()),
  contents: z.array(withId),
})

export function labHost({ scene }: Here, index: number): LabHost {
  const host = scene.lab.hosts[index]
  if (!host) throw new Error(`the lab has no host ${index}`)
  return host
}

/** Waits for a task to succeed. */
export async function succeeded({ scene }: Here, id: number): Promise<Task> {
  const task = await scene.ended(id)
  expect(causes(task)).toBe('')
  expect(task.status).toBe('SUCCESSFUL')
  return task
}

/** Adds hosts of the lab, under a credential; the reply's data. */
export async function addHosts(here: Here, indexes: readonly number[], credentialId = 1) {
  const hostBasicDataList = indexes.map((index) => ({
    innerIpAddress: labHost(here, index).ip,
    serialNumber: `S${index}`,
  }))
  const body = {
    hostBasicDataList,
    sshPort: 22,
    kind: 'DEDICATED_PHYSICAL_MACHINE',
    idcId: 1,
    typeId: 1,
    credentialId,
  }
  const data = added.parse(await here.talk.must('POST', '/api/v2/compute/hosts/batchCreate', body))
  for (const [place, index] of indexes.entries()) here.hostIds[index] = data.hostIds[place] ?? 0
  return data
}
