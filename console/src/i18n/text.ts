import { en, type TextKey, type Texts } from './en.ts'
import { zh } from './zh.ts'

export const languages = ['en-US', 'zh-CN'] as const
export type Language = (typeof languages)[number]

const tables: Readonly<Record<Language, Texts>> = { 'en-US': en, 'zh-CN': zh }

export type Values = Readonly<Record<string, string | number>>
export type Translate = (key: TextKey, values?: Values) => string

/** The texts of a language: `{name}` is filled in, of `{name|one|many}` what fits its number. */
export const translator =
  (language: Language): Translate =>
  (key, values = {}) =>
    tables[language][key]
      .replace(/\{(\w+)\|([^|}]*)\|([^}]*)\}/g, (_, name: string, one: string, many: string) =>
        Number(values[name]) === 1 ? one : many,
      )
      .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** The browser's first language that there is. */
export const browserLanguage = (wanted: readonly string[]): Language =>
  wanted
    .find((tag) => /^(zh|en)\b/i.test(tag))
    ?.toLowerCase()
    .startsWith('zh')
    ? 'zh-CN'
    : 'en-US'
