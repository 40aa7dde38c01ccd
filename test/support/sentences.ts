import { globSync, readFileSync } from 'node:fs'

/** A sentence that the sources say, as `say` makes its key. */
export interface Sentence {
  readonly key: string
  readonly file: string
}

/** Where a template that begins at `start` ends, and its key; sentences inside it are read too. */
function readTemplate(text: string, start: number): { readonly key: string; readonly end: number } {
  let key = ''
  let gaps = 0
  let at = start
  while (text[at] !== '`') {
    if (at >= text.length)
      throw new Error(`a template does not end: ${text.slice(start, start + 80)}`)
    if (text[at] === '\\') {
      key += JSON.parse(`"${text[at + 1] === '`' ? '`' : `\\${text[at + 1]}`}"`)
      at += 2
    } else if (text.startsWith('${', at)) {
      key += `{${gaps}}`
      gaps += 1
      at = endOfGap(text, at + 2)
    } else {
      key += text[at]
      at += 1
    }
  }
  return { key, end: at + 1 }
}

/** Behind the brace that closes a gap. */
function endOfGap(text: string, start: number): number {
  let open = 1
  let at = start
  while (open > 0) {
    const letter = text[at]
    if (letter === '`') {
      at = readTemplate(text, at + 1).end
      continue
    }
    if (letter === "'") at = text.indexOf("'", at + 1)
    if (letter === '{') open += 1
    if (letter === '}') open -= 1
    at += 1
  }
  return at
}

/** What comes of each template in a folder's sources that `say` stands before. */
const templatesIn = <Found>(folder: string, read: (text: string, start: number) => Found) =>
  globSync('**/*.ts', { cwd: folder })
    // Its own examples are no sentences.
    .filter((file) => !file.endsWith('errors/say.ts'))
    .flatMap((file) => {
      const text = readFileSync(`${folder}/${file}`, 'utf8')
      return [...text.matchAll(/(?<!`)\bsay`/g)].map(({ index }) => ({
        found: read(text, index + 'say`'.length),
        file,
      }))
    })

/** Three words in a row: a sentence, and no name, path or command of one word or two. */
export const englishSentence = /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/

/** Every sentence that is said, by its key. */
export const sentencesIn = (folder: string): Sentence[] =>
  templatesIn(folder, (text, start) => readTemplate(text, start).key).map(({ found, file }) => ({
    key: found,
    file,
  }))

/** Plain texts of two words and more in the gaps of sentences: nobody translates them. */
export const englishInGaps = (folder: string): string[] =>
  templatesIn(folder, (text, start) => text.slice(start, readTemplate(text, start).end)).flatMap(
    ({ found, file }) =>
      [...found.matchAll(/(?:\?|:|\?\?|\|\||&&) (?:'([^']*)'|`([^`]*)`)/g)]
        .map(([, quoted = '', template = '']) => quoted || template)
        .filter((words) => /[a-z]{2,} [a-z]{2,}|^[a-z]{3,}$/.test(words))
        .map((words) => `${file}: ${words}`),
  )

/**
 * What scripts print on stderr in words of their own, and what they are called in the log; `x` for
 * each value.
 */
export const printedIn = (folder: string): string[] =>
  globSync('**/*.{ts,sh}', { cwd: folder }).flatMap((file) => {
    const text = readFileSync(`${folder}/${file}`, 'utf8')
    return [
      /echo "([^"]*)"\S* >&2/g,
      /echo '([^']*)' >&2/g,
      /echo "problem ((?:[^"]|"\$\w+")*)"/g,
      /\btitle: ['`]([^'`]*)['`]/g,
      /\btitle: "([^"]*)"/g,
      /\btitle = `([^`]*)`/g,
      /\b(?:bringUp|rounds|note)\([^;]*?,\s*'([^']*)'/g,
    ].flatMap((pattern) =>
      [...text.matchAll(pattern)].map(([, words = '']) =>
        words.replaceAll(/\$\{[^}]*\}|\$\([^)]*\)|\$\w+/g, 'x').replace(/ $/, ' x'),
      ),
    )
  })

/** Rules of schemas that are no sentences: nobody translates them. */
export const plainRules = (folder: string): string[] =>
  globSync('**/*.ts', { cwd: folder }).flatMap((file) =>
    [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/(?<!say)['`]must [^'`]*['`]/g)].map(
      ([words]) => `${file}: ${words}`,
    ),
  )
