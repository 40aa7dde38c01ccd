import { printed as sentences } from './chinese/printed.ts'
import { listed, type Said } from './say.ts'

const gap = /\{\d+\}/

const special = /[.*+?^${}()|[\]\\]/g

const patterns = Object.keys(sentences).map((key) => {
  const words = key.split(gap).map((text) => text.replaceAll(special, '\\$&'))
  return { key, pattern: new RegExp(`^${words.join('(.+?)')}$`) }
})

function lineOf(line: string): Said {
  for (const { key, pattern } of patterns) {
    const found = pattern.exec(line)
    if (found) return { key, args: found.slice(1) }
  }
  return { key: '{0}', args: [line] }
}

/**
 * What a script of obflow's prints, or is called in the log, so that it can be said in any
 * language. Lines of other programs stay as they are.
 */
export const printed = (text: string): Said => {
  const [first = lineOf(''), ...others] = text.split('\n').map(lineOf)
  return others.length === 0 ? first : listed([first, ...others], '\n')
}
