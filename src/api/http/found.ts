import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import type { Removal } from '../../store/index.ts'

/** The thing that was looked for; refuses when it is not there. */
export function found<Thing>(thing: Thing | undefined, what: string, id: number): Thing {
  if (thing === undefined) throw new Refused({ code: 'COM10002', args: [what, id] })
  return thing
}

/** Refuses when nothing was removed. */
export function removed(removal: Removal, what: string, id: number): void {
  if (removal === 'missing') throw new Refused({ code: 'COM10002', args: [what, id] })
  if (removal !== 'gone')
    throw new Refused({ code: 'COM10005', args: [say`${what} ${id} is used by ${removal.by}`] })
}
