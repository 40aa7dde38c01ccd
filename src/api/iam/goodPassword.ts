import { Refused } from '../../errors/refused.ts'
import { objectionToPassword } from '../clusters/passwordRule.ts'

/** Refuses a user's password that breaks OCP's rule for passwords (4.x). */
export function demandGoodPassword(password: string, field: string): void {
  const objection = objectionToPassword(password, 'ocp4')
  if (objection !== undefined) throw new Refused({ code: 'IAM10009', args: [objection], field })
}
