import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { type CodeForm, codeIn, type Language } from '../../errors/codes.ts'
import type { FailureCause } from '../../plan/states.ts'
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

export const causeFor = ({ codes }: Reader, cause: FailureCause) => ({
  ...cause,
  code: codeIn(codes, cause.code),
})
