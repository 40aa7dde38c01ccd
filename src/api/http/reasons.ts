import { z } from 'zod'
import { inEnglish, type Said, say } from '../../errors/say.ts'

type Raw = z.core.$ZodRawIssue

const kinds: Readonly<Record<string, Said>> = {
  string: say`must be a text`,
  number: say`must be a number`,
  int: say`must be a whole number`,
  boolean: say`must be true or false`,
  array: say`must be a list`,
  object: say`must be an object`,
  record: say`must be an object`,
}

type Limit = number | bigint

/** A bound of a text, of a list, or of a number itself. */
function atMost(origin: string, limit: Limit): Said {
  const most = String(limit)
  if (origin === 'string') return say`must have at most ${most} characters`
  return origin === 'array' ? say`must have at most ${most} items` : say`must be at most ${most}`
}

function atLeast(origin: string, limit: Limit): Said {
  const least = String(limit)
  if (origin !== 'string' && origin !== 'array') return say`must be at least ${least}`
  if (least === '1') return say`must not be empty`
  return origin === 'array'
    ? say`must have at least ${least} items`
    : say`must have at least ${least} characters`
}

/** Why a value is refused; undefined where the schema says it better. */
function inOwnWords(issue: Raw): Said | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return say`is missing`
      return kinds[issue.expected] ?? say`must be ${issue.expected}`
    case 'too_big':
      return atMost(issue.origin, issue.maximum)
    case 'too_small':
      return atLeast(issue.origin, issue.minimum)
    case 'invalid_value': {
      const values = issue.values.map(String)
      return values.length > 1 ? say`must be one of ${values}` : say`must be ${values}`
    }
    default:
      return undefined
  }
}

const rules = new Map<string, Said>()

/** The words of a schema's own rule, in English for zod and in any language for the caller. */
export function because(why: Said): string {
  const english = inEnglish(why)
  rules.set(english, why)
  return english
}

/** Why a value is refused: the schema's own words where it has some. */
export function reasonOf(issue: Raw): Said {
  const own = issue.message !== undefined || issue.inst?._zod.def.error !== undefined
  if (!own) return inOwnWords(issue) ?? say`does not have the right form`
  const { message } = z.core.util.finalizeIssue(issue, { async: false }, z.config())
  return rules.get(message) ?? say`does not have the right form`
}
