import type { Config } from '../../config.ts'
import { type Said, say } from '../../errors/say.ts'

const classes = [/[a-z]/g, /[A-Z]/g, /[0-9]/g] as const

/**
 * OCP's own password rules, from its documents: of 3.x two of each class, of 4.x three of four
 * classes.
 */
const rules = {
  ocp3: {
    specials: '._+@#$%',
    each: 2,
    classes: 4,
    text: say`8 to 32 characters, at least 2 digits, 2 upper, 2 lower case and 2 of ._+@#$%`,
  },
  ocp4: {
    specials: '~!@#%^&*_-+=|(){}[]:;,.?/',
    each: 1,
    classes: 3,
    text: say`8 to 32 characters, of digits, upper case, lower case and ~!@#%^&*_-+=|(){}[]:;,.?/ at least three`,
  },
} as const

/** The rule a password breaks, in words; undefined when it keeps it. */
export function objectionToPassword(
  password: string,
  setting: Config['passwordRule'],
): Said | undefined {
  if (setting === 'none') return undefined
  const rule = rules[setting]
  const letters = [...password]
  const counts = classes.map((pattern) => password.match(pattern)?.length ?? 0)
  const specials = letters.filter((letter) => rule.specials.includes(letter)).length
  const met = [...counts, specials].filter((count) => count >= rule.each).length
  const known = counts.reduce((sum, count) => sum + count, 0) + specials === letters.length
  return known && letters.length >= 8 && letters.length <= 32 && met >= rule.classes
    ? undefined
    : rule.text
}
