import { readFileSync } from 'node:fs'
import { Quoted, sh } from '../quote.ts'
import type { Host } from './host.ts'
import { safeFiles } from './ledger.ts'

/** An agent of an earlier generation, found in what its package lists. */
export interface Legacy {
  readonly package: string
  /** An installed package that must stay although its name is the same. */
  readonly keep: string
}

const functions = new Quoted(readFileSync(new URL('legacy.sh', import.meta.url), 'utf8'), '')

/**
 * Stops and removes what is there of it; gives a line for each thing done, none when nothing was
 * there.
 */
export const removeLegacy = async (
  host: Host,
  { package: name, keep }: Legacy,
): Promise<string[]> => {
  const script = sh`name=${name} keep=${keep}
${safeFiles}
${functions}`
  return (await host.must(script, { title: `look for a legacy ${name}` }))
    .split('\n')
    .filter(Boolean)
}
