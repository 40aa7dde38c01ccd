import { readFileSync } from 'node:fs'
import { Quoted, sh } from '../quote.ts'
import type { Host } from './host.ts'
import { safeFiles } from './ledger.ts'

/**
 * A program of an earlier generation: its package, its process and the control program that stops
 * it, if it has one.
 */
export interface Legacy {
  readonly package: string
  /** Part of the command line of its daemon. */
  readonly process: string
  /** Name of its control program, in `bin` of its home. */
  readonly control?: string
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
  { package: name, process, control = '', keep }: Legacy,
): Promise<string[]> => {
  const script = sh`name=${name} process=${process} control=${control} keep=${keep}
${safeFiles}
${functions}`
  return (await host.must(script, { title: `look for a legacy ${name}` }))
    .split('\n')
    .filter(Boolean)
}
