import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { absent } from './absent.ts'
import { differences, shapeOf } from './shape.ts'

const sample = z.looseObject({ response: z.unknown() })
const responseOf = (name: string): unknown =>
  sample.parse(JSON.parse(readFileSync(new URL(`../fixtures/samples/${name}.json`, import.meta.url), 'utf8'))).response

/**
 * In what a reply deviates from OCP's sample of that name: a field that is missing or of another type and has no reason in `absent`, or one
 * that has a reason and is there all the same.
 */
export function deviations(name: string, body: unknown): string[] {
  const missing = Object.keys(absent[name] ?? {}).map((field) => `${field} is missing`)
  const found = differences(shapeOf(responseOf(name)), shapeOf(body))
  const excused = (line: string) => missing.some((each) => line === each || line.startsWith(`${each.split(' ')[0]}.`))
  const lies = missing.filter((line) => !found.includes(line)).map((line) => `${line}, says the table, but it is there`)
  return [...found.filter((line) => !excused(line)), ...lies]
}
