import { Secret } from '../quote.ts'

/** A password for a default user that satisfies OCP's rule. */
export const generatePassword = (): Secret => new Secret('')
