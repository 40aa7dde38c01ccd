import { chinese } from './chinese/index.ts'
import type { Language } from './codes.ts'

/** What fills a gap: a value, what a program printed, another sentence, or a list of these. */
export type Part = string | number | Said | readonly Part[]

/**
 * A sentence for a person, in any language: English words with gaps `{0}`, `{1}`, … and what fills
 * them.
 */
export interface Said {
  readonly key: string
  readonly args: readonly Part[]
}

/**
 * A sentence that is written where it is meant: say`observer of ${ip} did not stop`. Its Chinese
 * words are in `chinese/`, which a test holds complete.
 */
export const say = (words: TemplateStringsArray, ...args: readonly (Part | undefined)[]): Said => ({
  key: words.reduce((key, text, gap) => `${key}{${gap - 1}}${text}`),
  args: args.map((part = '') => part),
})

/** Sentences one after the other, with the same mark between each two. */
export const listed = (parts: readonly Part[], mark: string): Said => ({
  key: parts.map((_, gap) => `{${gap}}`).join(mark),
  args: parts,
})

/** Words that are the same in every language: a name, or what a program printed. */
export const asIs = (text: string): Said => ({ key: '{0}', args: [text] })

const wordsOf = ({ key }: Said, language: Language): string =>
  language === 'zh' && Object.hasOwn(chinese, key) ? (chinese[key] ?? key) : key

const isSaid = (part: Said | readonly Part[]): part is Said => 'key' in part

function partIn(language: Language, part: Part): string {
  if (typeof part !== 'object') return String(part)
  if (isSaid(part)) return saidIn(language, part)
  return part.map((each) => partIn(language, each)).join(language === 'zh' ? '、' : ', ')
}

/** A sentence in a language; what the language has no words for, in English. */
export const saidIn = (language: Language, said: Said): string =>
  wordsOf(said, language).replaceAll(/\{(\d+)\}/g, (_, gap: string) =>
    partIn(language, said.args[Number(gap)] ?? ''),
  )

export const inEnglish = (said: Said): string => saidIn('en', said)
