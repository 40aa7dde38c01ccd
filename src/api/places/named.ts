import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import type { Region, Removal } from '../../store/index.ts'
import { isoTime } from '../http/time.ts'

/** A name and a description, as regions, IDCs and host types have them. */
export const named = {
  name: z.string().max(128).trim().min(1),
  description: z.string().max(1024).nullish(),
}

export const showNamed = ({
  id,
  name,
  description,
  createTime,
  updateTime,
}: Omit<Region, 'regionId'>) => ({
  createTime: isoTime(createTime),
  description,
  id,
  name,
  updateTime: isoTime(updateTime),
})

/** The thing that was looked for; refuses when it is not there. */
export function found<Thing>(thing: Thing | undefined, what: string, id: number): Thing {
  if (thing === undefined) throw new Refused({ code: 'COM10002', args: [what, id] })
  return thing
}

/** Refuses when nothing was removed. */
export function removed(removal: Removal, what: string, id: number): void {
  if (removal === 'missing') throw new Refused({ code: 'COM10002', args: [what, id] })
  if (removal === 'used') throw new Refused({ code: 'COM10005', args: [`${what} ${id} is in use`] })
}
