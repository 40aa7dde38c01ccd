import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Quoted, sh } from '../quote.ts'
import { type Machine, machineFunctions, readMachine } from './machine.ts'

/** What a host says of itself. Sizes in bytes. */
export interface MachineFacts {
  readonly name: string
  /** ID and VERSION_ID of os-release together, e.g. `centos7`. */
  readonly distribution: string
  readonly kernel: string
  readonly system: string
  readonly architecture: string
  readonly cores: number
  readonly memoryBytes: number
  readonly machine: Machine
  readonly disks: readonly {
    readonly mount: string
    readonly device: string
    readonly totalBytes: number
    readonly availableBytes: number
  }[]
  /** Network mounts that do not answer. */
  readonly deadMounts: readonly { readonly mount: string; readonly device: string }[]
  /** Needed commands that are not there. */
  readonly missing: readonly string[]
}

const line = z.string()
const natural = z.coerce.number().int().nonnegative()

const script = new Quoted(readFileSync(new URL('facts.sh', import.meta.url), 'utf8'), '')

/** A script that prints the facts, one a line. `commands` are looked for. */
export const machineFacts = (commands: readonly string[]): Quoted => sh`commands=(${commands})
${machineFunctions}${script}`

/** Reads what `machineFacts` printed. Throws ZodError when a fact is missing. */
export const readMachineFacts = (output: string): MachineFacts => {
  const all = (fact: string): string[] =>
    output
      .split('\n')
      .flatMap((text) => (text.startsWith(`${fact} `) ? [text.slice(fact.length + 1).trim()] : []))
  const one = (fact: string): string => line.parse(all(fact)[0])
  return {
    name: one('name'),
    distribution: one('distribution'),
    system: one('system').toLowerCase(),
    kernel: one('kernel'),
    architecture: one('architecture'),
    cores: natural.parse(one('cores')),
    memoryBytes: natural.parse(one('memory')) * 1024,
    disks: all('disk').map((text) => {
      const [device = '', total, available, ...mount] = text.split(' ')
      return {
        mount: mount.join(' '),
        device,
        totalBytes: Number(total) * 1024,
        availableBytes: Number(available) * 1024,
      }
    }),
    machine: readMachine(one('machine')),
    deadMounts: all('dead').map((text) => {
      const [device = '', ...mount] = text.split(' ')
      return { mount: mount.join(' '), device }
    }),
    missing: all('missing'),
  }
}
