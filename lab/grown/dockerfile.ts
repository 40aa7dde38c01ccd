import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { places } from '../hosts/machine.ts'

/** What ENV sets in a stage of the Dockerfile. */
export function environmentOf(stage: string): Readonly<Record<string, string>> {
  const stages = readFileSync(join(places.repository, 'Dockerfile'), 'utf8').split(/^(?=FROM )/m)
  const text = stages.find((each) => new RegExp(`^FROM \\S+ AS ${stage}$`, 'm').test(each))
  if (text === undefined) throw new Error(`the Dockerfile has no stage ${stage}`)
  return Object.fromEntries(
    [...text.matchAll(/^ENV (.+)$/gm)].flatMap(([, pairs = '']) =>
      [...pairs.matchAll(/(\w+)=(\S+)/g)].map(
        ([, name = '', value = '']) => [name, value] as const,
      ),
    ),
  )
}
