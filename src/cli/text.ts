import { stripVTControlCharacters, styleText } from 'node:util'

export type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold'
export type Paint = (style: Style, text: string) => string

/** Colours a text, or leaves it alone. */
export const painter =
  (color: boolean): Paint =>
  (style, text) =>
    color ? styleText(style, text, { validateStream: false }) : text

// Han, kana and hangul take two columns of a terminal.
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u

const columnsOf = (character: string): number => (wide.test(character) ? 2 : 1)

/** Columns that a text takes in a terminal. */
export const columns = (text: string): number =>
  [...text].reduce((sum, character) => sum + columnsOf(character), 0)

/** A text that came from elsewhere, safe to print: no escape sequences, no line breaks. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ')

/** A text cut to a width, with an ellipsis where it was cut. */
export function cut(text: string, width: number): string {
  if (columns(text) <= width) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    used += columnsOf(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}

/** A text of exactly this width. */
export const column = (text: string, width: number): string => {
  const fitted = cut(text, width)
  return fitted + ' '.repeat(Math.max(0, width - columns(fitted)))
}

/** A text broken at spaces into lines of at most this width; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && columns(line) + 1 + columns(word) > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => cut(each, width))
}

/** Milliseconds for people: `0.4 s`, `12.3 s`, `3 min 05 s`, `1 h 02 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}
