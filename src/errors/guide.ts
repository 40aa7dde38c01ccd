import { codes } from './codes.ts'

/** Where the operator's guide is served; each code has its section there. */
export const guidePath = '/api/v2/docs/codes'

const byNumber = new Map<number, string>(
  Object.entries(codes).map(([code, { int }]) => [int, code] as const),
)

/** The section of a code in either form; a number that is not OCP's is obd's (OBD-1007). */
export function sectionOf(code: string | number): string {
  const text = String(code)
  const name = /^\d+$/.test(text) ? (byNumber.get(Number(text)) ?? `OBD-${text}`) : text
  return `${guidePath}#${name.toLowerCase()}`
}
