import type { Place } from './words.ts'

/** A word of a shell, whatever is in it. */
const word = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const optionsOf = ({ options }: Place): string[] => options.flatMap(({ spellings }) => spellings)
const below = (places: readonly Place[]): Place[] => places.filter(({ path }) => path !== '')

const known = (places: readonly Place[], separator: string): string =>
  below(places)
    .map(({ path }) => word(path))
    .join(separator)

/** Options with a few words as values, each once: `-o`, `--output` and their words. */
function choices(places: readonly Place[]): [spellings: readonly string[], words: string][] {
  const all = places.flatMap(({ options }) => options).filter((each) => each.choices.length > 0)
  const bySpelling = Map.groupBy(all, ({ spellings }) => spellings.join(' '))
  return [...bySpelling.values()].map((same) => [
    same[0]?.spellings ?? [],
    [...new Set(same.flatMap((each) => each.choices))].join(' '),
  ])
}

export const bash = (
  places: readonly Place[],
): string => `# To load it: source <(obflow completion bash)
_obflow() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} place='' at commands='' options=''
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$place \${COMP_WORDS[at]}" in
      ${known(places, '|')}) place="$place \${COMP_WORDS[at]}" ;;
    esac
  done
  case "$place" in
${places
  .map(
    (place) =>
      `    ${word(place.path)}) commands=${word(place.commands.map(({ name }) => name).join(' '))} options=${word(optionsOf(place).join(' '))} ;;`,
  )
  .join('\n')}
  esac
  [[ $current == -* ]] && commands=$options
  case "$before" in
${choices(places)
  .map(([spellings, words]) => `    ${spellings.join('|')}) commands=${word(words)} ;;`)
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$commands" -- "$current"))
}
complete -o default -F _obflow obflow
`

/** A name with what it is about, as zsh's _describe reads it. */
const described = (name: string, summary: string): string =>
  word(`${name.replaceAll(':', '\\:')}:${summary}`)

export const zsh = (places: readonly Place[]): string => `#compdef obflow
# To load it: source <(obflow completion zsh)
_obflow() {
  local place='' at
  local -a found options
  for ((at = 2; at < CURRENT; at++)); do
    case "$place \${words[at]}" in
      (${known(places, '|')}) place="$place \${words[at]}" ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
${choices(places)
  .map(([spellings, words]) => `    (${spellings.join('|')}) compadd ${words}; return ;;`)
  .join('\n')}
  esac
  case "$place" in
${places
  .map(
    (place) =>
      `    (${word(place.path)}) found=(${place.commands
        .map(({ name, summary }) => described(name, summary))
        .join(' ')}) options=(${place.options
        .flatMap(({ spellings, summary }) => spellings.map((each) => described(each, summary)))
        .join(' ')}) ;;`,
  )
  .join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then _describe option options
  elif ((\${#found})); then _describe command found
  else _files
  fi
}
# Read from a folder of functions it is called at once, sourced it is not.
if [[ "\${funcstack[1]}" == _obflow ]]; then _obflow "$@"; else compdef _obflow obflow; fi
`

const fishOption = (spelling: string): string =>
  spelling.startsWith('--') ? `-l ${spelling.slice(2)}` : `-s ${spelling.slice(1)}`

export const fish = (places: readonly Place[]): string => {
  const at = ({ path }: Place): string => `-n "__obflow_at ${word(path)}"`
  const lines = places.flatMap((place) => [
    ...(place.commands.length > 0 ? [`complete -c obflow ${at(place)} -f`] : []),
    ...place.commands.map(
      ({ name, summary }) => `complete -c obflow ${at(place)} -a ${name} -d ${word(summary)}`,
    ),
    ...place.options.map(
      ({ spellings, summary, choices }) =>
        `complete -c obflow ${at(place)} ${spellings.map(fishOption).join(' ')} -d ${word(summary)}${
          choices.length > 0 ? ` -xa ${word(choices.join(' '))}` : ''
        }`,
    ),
  ])
  return `# To load it: obflow completion fish | source
function __obflow_at
  set -l place ''
  for word in (commandline -opc)[2..-1]
    switch "$place $word"
      case ${known(places, ' ')}
        set place "$place $word"
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}
`
}
