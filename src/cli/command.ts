import { z } from 'zod'
import type { ApiClient } from './client.ts'
import type { Outcome } from './exitCodes.ts'
import type { Output } from './screen.ts'

/** What is typed; `isTTY` where somebody can be asked. */
export interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
}

/** What a command has of the process it runs in. */
export interface Io {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
}

/** What a command runs in: the process, and the options that all commands have. */
export interface Context extends Io {
  /** Only what was asked for: no hints, no progress. */
  readonly quiet: boolean
  readonly color: boolean
  readonly format: Format
  /** The API, as profile or environment say; opened when it is first needed. */
  client(): Promise<ApiClient>
  /** Writes a line that is no result, unless --quiet. */
  note(text: string): void
}

export const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const
export type Format = (typeof formats)[number]

type Shape = Readonly<Record<string, z.ZodType>>

/** A command as a table declares it: what follows its name, its options, and what it does. */
export interface Declared {
  readonly name: string
  readonly summary: string
  /** Whole command lines; a test parses each. */
  readonly examples: readonly [string, ...string[]]
  readonly args: Shape
  readonly flags: Shape
  /** It asks the API, so `--profile` says which. */
  readonly remote: boolean
  /** It prints resources, in the form of `--output`. */
  readonly prints: boolean
  /** Takes the values by their names. */
  run(given: Readonly<Record<string, unknown>>, context: Context): Result
}

type Result = Promise<Outcome | undefined>

/** Commands about one thing, e.g. `obflow host …`. */
export interface Group {
  readonly name: string
  readonly summary: string
  readonly commands: readonly Declared[]
}

interface Spec<Args extends Shape, Flags extends Shape>
  extends Pick<Declared, 'name' | 'summary' | 'examples'> {
  readonly args: Args
  readonly flags: Flags
  readonly remote?: boolean
  readonly prints?: boolean
  /** Undefined: done. */
  run(given: z.infer<z.ZodObject<Args>> & z.infer<z.ZodObject<Flags>>, context: Context): Result
}

/** Declares a command; its arguments and options have the types that their schemas give. */
export function command<Args extends Shape, Flags extends Shape>({
  args,
  flags,
  remote = false,
  prints = false,
  run,
  ...rest
}: Spec<Args, Flags>): Declared {
  const both = z.intersection(z.object(args), z.object(flags))
  return {
    ...rest,
    args,
    flags,
    remote,
    prints,
    run: async (given, context) => run(both.parse(given), context),
  }
}

/** An argument that has to be given. */
export const arg = (text: string) => z.string().min(1).describe(text)
/** An argument that may be left out. */
export const maybe = (text: string) => z.string().min(1).optional().describe(text)
/** One argument or more. */
export const several = (text: string) => z.array(z.string().min(1)).min(1).describe(text)

const spelled = <Schema extends z.ZodType>(schema: Schema, spelling: string, text: string) =>
  schema.describe(text).meta({ spelling, description: text })

/** `--force`. */
export const flag = (spelling: string, text: string) =>
  spelled(z.boolean().default(false), spelling, text)
/** `--name <value>`, given once. */
export const option = (spelling: string, text: string) =>
  spelled(z.string().optional(), spelling, text)
/** `--name <value>`, and a command line without it is refused. */
export const needed = (spelling: string, text: string) => spelled(z.string(), spelling, text)
/** `--name <value>`, as often as one likes. */
export const options = (spelling: string, text: string) =>
  spelled(z.array(z.string()).default([]), spelling, text)
/** One of some words. */
export const choice = <const Words extends readonly [string, ...string[]]>(
  spelling: string,
  text: string,
  words: Words,
) => spelled(z.enum(words).optional(), spelling, text)

export const spellingOf = (schema: z.ZodType): string => {
  const spelling = schema.meta()?.spelling
  if (typeof spelling !== 'string') throw new TypeError('an option needs its spelling')
  return spelling
}
