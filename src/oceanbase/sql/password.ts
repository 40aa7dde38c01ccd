import { randomInt } from 'node:crypto'
import { Secret } from '../../quote.ts'

/**
 * OCP asks for 8–32 characters with at least two of each class. The specials are those that 2.x and
 * 4.x both allow.
 */
const classes = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  '._+@#%',
] as const
const perClass = 5

const pick = (from: string): string => from.charAt(randomInt(from.length))

const shuffled = (characters: string[]): string[] => {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    const kept = characters[last] ?? ''
    characters[last] = characters[other] ?? ''
    characters[other] = kept
  }
  return characters
}

/** A random password of 20 characters that satisfies OCP's rule. */
export const generatePassword = (): Secret =>
  new Secret(
    shuffled(classes.flatMap((from) => Array.from({ length: perClass }, () => pick(from)))).join(
      '',
    ),
  )
