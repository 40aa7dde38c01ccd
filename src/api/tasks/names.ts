import type { Language } from '../../errors/codes.ts'
import { chineseOf } from '../../operations/index.ts'

/**
 * A task's or a node's name for a reader; in English it is the plan's own, as OCP's samples print
 * it.
 */
export const nameIn = (language: Language, name: string): string =>
  language === 'zh' ? (chineseOf(name) ?? name) : name
