import { z } from 'zod'
import type { Words } from '../../errors/codes.ts'

type Raw = z.core.$ZodRawIssue
type Pair = Exclude<Words, string | number>

const kinds: Readonly<Record<string, Pair>> = {
  string: { en: 'a text', zh: '字符串' },
  number: { en: 'a number', zh: '数字' },
  int: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: 'true 或 false' },
  array: { en: 'a list', zh: '列表' },
  object: { en: 'an object', zh: '对象' },
  record: { en: 'an object', zh: '对象' },
}

const must = (be: Pair): Pair => ({ en: `must be ${be.en}`, zh: `应为${be.zh}` })

const plural = (count: number | bigint, one: string): string =>
  `${count} ${one}${Number(count) === 1 ? '' : 's'}`

/** What a bound counts, or nothing for a number itself. */
const counted: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
  string: { en: 'character', zh: '个字符' },
  array: { en: 'item', zh: '项' },
}

function bound(origin: string, limit: number | bigint, which: 'most' | 'least'): Pair {
  const of = counted[origin]
  if (of === undefined)
    return {
      en: `must be at ${which} ${limit}`,
      zh: `不能${which === 'most' ? '大' : '小'}于 ${limit}`,
    }
  if (which === 'least' && Number(limit) === 1) return { en: 'must not be empty', zh: '不能为空' }
  return {
    en: `must have at ${which} ${plural(limit, of.en)}`,
    zh: `${which === 'most' ? '最多' : '至少'} ${limit} ${of.zh}`,
  }
}

/** Why a value is refused, in both languages; undefined where the schema says it better. */
function inOwnWords(issue: Raw): Pair | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return { en: 'is missing', zh: '缺少该参数' }
      return must(kinds[issue.expected] ?? { en: issue.expected, zh: ` ${issue.expected}` })
    case 'too_big':
      return bound(issue.origin, issue.maximum, 'most')
    case 'too_small':
      return bound(issue.origin, issue.minimum, 'least')
    case 'invalid_value': {
      const values = issue.values.map(String)
      return must({
        en: `${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`,
        zh: ` ${values.join('、')}`,
      })
    }
    default:
      return undefined
  }
}

/**
 * Why a value is refused: the schema's own words where it has some, for phrases.ts to translate.
 */
export function reasonOf(issue: Raw): Words {
  const own = issue.message !== undefined || issue.inst?._zod.def.error !== undefined
  return (
    (own ? undefined : inOwnWords(issue)) ??
    z.core.util.finalizeIssue(issue, { async: false }, z.config()).message
  )
}
