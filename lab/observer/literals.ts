/** A text between single quotes, with what is in it as a group; source of a regular expression. */
export const quotedText = String.raw`'((?:[^'\\]|''|\\[\s\S])*)'`

/** What stands between the quotes, escapes taken back. */
export const unquoted = (text: string): string =>
  text.replaceAll(/''|\\([\s\S])/g, (_, escaped?: string) => escaped ?? "'")
