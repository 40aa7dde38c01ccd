import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  stringify,
} from 'yaml'
import { z } from 'zod'
import { nearest } from '../nearest.ts'
import { type Fault, FileError } from './fileError.ts'
import { type Topology, topology } from './schema.ts'

type Path = readonly PropertyKey[]

/** Reads a topology. Throws FileError with everything that is wrong. */
export function readTopology(file: string, text: string): Topology {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true })
  if (document.errors.length > 0)
    throw new FileError(
      file,
      document.errors.map((error) => yamlFault(error)),
    )
  if (document.contents === null)
    throw new FileError(file, [
      { line: 1, column: 1, path: '', what: 'is empty', write: 'see "obflow init" for a sample' },
    ])
  const parsed = topology.safeParse(document.toJS())
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, document, lines))
  // In the order of the file, each place once: one wrong value may break several rules.
  const ordered = faults.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const seen = new Set<string>()
  throw new FileError(
    file,
    ordered.filter(({ path }) => !seen.has(path) && seen.add(path)),
  )
}

/** What to write instead, by the parser's own code. */
const yamlAdvice: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'write spaces instead of the tab',
  BAD_INDENT: 'write it as far to the right as its neighbours',
  DUPLICATE_KEY: 'write this name once',
  MISSING_CHAR: 'write the quote or bracket that closes it',
  MULTILINE_IMPLICIT_KEY: 'write "name: value" in one line, with a colon and a space',
  BLOCK_AS_IMPLICIT_KEY: 'write a value with ": " in quotes, or begin a new line',
  IMPOSSIBLE: 'write plain YAML',
  MULTIPLE_DOCS: 'write one document, without a second ---',
  UNEXPECTED_TOKEN: 'write the value in quotes, or take out what is left over',
  BAD_ALIAS: 'write the value itself, or an anchor that is in the file',
}

function yamlFault(error: {
  readonly code: string
  readonly message: string
  readonly linePos?: readonly { readonly line: number; readonly col: number }[] | undefined
}): Fault {
  const at = error.linePos?.[0]
  // The parser's own message shows the line, in which may be a secret.
  const said = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
  return {
    line: at?.line ?? 1,
    column: at?.col ?? 1,
    path: '',
    what: `is no YAML: ${said}`,
    write: yamlAdvice[error.code] ?? 'write plain YAML',
  }
}

const pathText = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')

/** Offset of what stands at a path: its key where it has one, else the nearest thing around it. */
function offsetOf(document: Document, path: Path, lookAtKey = false): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const steps = path.slice(0, length)
    const parent = length === 0 ? undefined : document.getIn(steps.slice(0, -1), true)
    const last = steps.at(-1)
    if (isMap(parent)) {
      const pair = parent.items.find(
        (each) => isPair(each) && isScalar(each.key) && String(each.key.value) === String(last),
      )
      const wanted =
        lookAtKey || length < path.length || !isNode(pair?.value) ? pair?.key : pair?.value
      if (isNode(wanted) && wanted.range) return wanted.range[0]
      continue
    }
    const node = document.getIn(steps, true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

/** A schema without what makes it optional or checks it further. */
function core(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return core(schema.def.innerType)
  return schema
}

/** The schema at a path, and what it says of itself. */
function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  const [step, ...rest] = path
  if (step === undefined) return schema
  const at = core(schema)
  if (at instanceof z.ZodArray) return schemaAt(at.element, rest)
  if (at instanceof z.ZodRecord) return schemaAt(at.valueType, rest)
  const field: unknown = at instanceof z.ZodObject ? at.shape[String(step)] : undefined
  return field instanceof z.core.$ZodType ? schemaAt(field, rest) : undefined
}

/** What a field is told to hold, looked for through what makes it optional. */
function exampleOf(schema: z.core.$ZodType | undefined): unknown {
  if (schema === undefined) return undefined
  const { examples } = z.globalRegistry.get(schema) ?? {}
  if (Array.isArray(examples)) return examples[0]
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? exampleOf(schema.def.innerType)
    : undefined
}

const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim()

/** What to write at a path: an example of the value or of what holds it, behind its name. */
function writing(path: Path): string {
  const name = path.at(-1)
  if (name === undefined) return 'see "obflow init" for a sample'
  const example = exampleOf(schemaAt(topology, path))
  if (example === undefined) return writing(path.slice(0, -1))
  return typeof name === 'number'
    ? `write - ${inline(example)}`
    : `write ${String(name)}: ${inline(example)}`
}

const namesAt = (path: Path): readonly string[] => {
  const at = schemaAt(topology, path)
  const object = at === undefined ? undefined : core(at)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object: names with values',
  record: 'an object: names with values',
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && !issue.message.startsWith('Invalid input'))
    return issue.message
  if (issue.code === 'invalid_type')
    return issue.message.endsWith('received undefined')
      ? 'is missing'
      : `must be ${kinds[issue.expected] ?? issue.expected}`
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'too_small')
    return issue.origin === 'array' || issue.origin === 'string'
      ? 'must not be empty'
      : `must be at least ${String(issue.minimum)}`
  if (issue.code === 'too_big')
    return issue.origin === 'array' || issue.origin === 'string'
      ? `must have at most ${String(issue.maximum)} ${issue.origin === 'array' ? 'items' : 'characters'}`
      : `must be at most ${String(issue.maximum)}`
  return issue.message
}

function faultsOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): Fault[] {
  const at = (path: Path, lookAtKey: boolean): Pick<Fault, 'line' | 'column' | 'path'> => {
    const { line, col } = lines.linePos(offsetOf(document, path, lookAtKey))
    return { line, column: col, path: pathText(path) }
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const known = namesAt(issue.path)
      const meant = nearest(key, known)
      return {
        ...at([...issue.path, key], true),
        what: 'is unknown',
        write: meant === undefined ? `write one of ${known.join(', ')}` : `write ${meant}`,
      }
    })
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues
    return [
      {
        ...at(issue.path, true),
        what: inner ? wordsOf(inner) : issue.message,
        write: writing(issue.path.slice(0, -1)),
      },
    ]
  }
  return [{ ...at(issue.path, false), what: wordsOf(issue), write: writing(issue.path) }]
}
