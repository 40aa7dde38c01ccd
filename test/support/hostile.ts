/** Nobody makes this file, database or user, unless a value is taken for a command. */
export const canary = '/tmp/pwned'
export const intruder = 'pwned'

/**
 * Values that break out of one quoting or another, climb, end a text early, or pass for an option.
 */
export const hostileValues: Readonly<Record<string, string>> = {
  'single quotes': `'; touch ${canary}; '`,
  'double quotes': `" ; touch ${canary} ; "`,
  'command substitution': `$(touch ${canary})`,
  'command substitution without spaces': `$(touch$IFS${canary})`,
  backticks: `\`touch$IFS${canary}\``,
  separators: `;touch$IFS${canary};`,
  pipes: `x|touch ${canary}&`,
  'SQL after a single quote': `'; CREATE DATABASE ${intruder}; -- `,
  'SQL after an escaped quote': `\\'; CREATE DATABASE ${intruder}; -- `,
  'SQL after a double quote': `"; CREATE USER ${intruder}; -- `,
  'SQL after a back-tick': `\`; CREATE USER ${intruder}; #`,
  'an SQL truth': `' OR '1'='1`,
  'SQL wildcards': '%_%',
  'a new line': `x\ntouch ${canary}\n`,
  'a carriage return': 'x\r\nSet-Cookie: a=b',
  NUL: 'x\0y',
  'half a character': 'x\ud800y',
  'a path that climbs': '../../../../etc/passwd',
  'an absolute path that climbs': '/data/../etc/passwd',
  'an option of ssh': `-oProxyCommand=touch ${canary}`,
  'a long option': '--help',
  'a second parameter': 'x,y=z',
  'quotes of Unicode': `\u2019; CREATE DATABASE ${intruder}; \u2014 \u201c\u2018`,
  'what printf replaces': '%s%n%x$1{0}',
  'a template': '$'.concat('{7*7}{{7*7}}<script>'),
  'a space': ' ',
  '10 kB': 'a'.repeat(10_000),
}
