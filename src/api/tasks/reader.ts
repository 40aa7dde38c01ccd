import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { type CodeForm, codeIn, type Language } from '../../errors/codes.ts'
import { sectionOf } from '../../errors/guide.ts'
import { saidIn } from '../../errors/say.ts'
import type { HostFinding } from '../../oceanbase/index.ts'
import type { Subtask } from '../../store/index.ts'
import { languageOf } from '../http/errors.ts'
import { nameIn } from './names.ts'

/** For whom a task is shown: in which language, and in which form codes are printed. */
export interface Reader {
  readonly language: Language
  readonly codes: CodeForm
  /** The namespace in Temporal's Web UI, where it is known. */
  readonly temporalUi: string | undefined
}

export const readerOf = (
  { errorCodes, temporalUi }: Pick<Config, 'errorCodes' | 'temporalUi'>,
  { headers }: Pick<FastifyRequest, 'headers'>,
): Reader => ({
  language: languageOf(headers['accept-language']),
  codes: errorCodes,
  temporalUi,
})

/** `name` and, as OCP has it, `description`, which says the same. */
export function named({ language }: Reader, name: string) {
  const shown = nameIn(language, name)
  return { description: shown, name: shown }
}

/** Why a subtask failed, in the reader's language; what is known in English only, in English. */
export function causeFor(
  { codes, language }: Reader,
  { advice, code, host, message, said }: NonNullable<Subtask['cause']>,
) {
  const saidAdvice = said?.advice ? saidIn(language, said.advice) : advice
  return {
    ...(saidAdvice !== undefined && { advice: saidAdvice }),
    code: codeIn(codes, code),
    ...(host !== undefined && { host }),
    message: said ? saidIn(language, said.message) : message,
  }
}

/** What the look at a host found, in the reader's language. */
export const hostFindingFor = (
  { codes, language }: Reader,
  { advice, code, item, message, ...rest }: HostFinding,
) => ({
  ...rest,
  advice: saidIn(language, advice),
  code: codeIn(codes, code),
  guide: sectionOf(code),
  item: saidIn(language, item),
  message: saidIn(language, message),
})
