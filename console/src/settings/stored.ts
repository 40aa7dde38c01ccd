import { useCallback, useState } from 'react'

/** A choice that this browser keeps. A browser that keeps nothing still lets it be made. */
export function useStored<Choice extends string>(
  key: string,
  choices: readonly Choice[],
  fallback: Choice,
): readonly [Choice, (choice: Choice) => void] {
  const [value, setValue] = useState<Choice>(() => read(key, choices) ?? fallback)
  const choose = useCallback(
    (choice: Choice) => {
      setValue(choice)
      try {
        localStorage.setItem(key, choice)
      } catch {
        // Storage may be forbidden or full.
      }
    },
    [key],
  )
  return [value, choose]
}

function read<Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
  try {
    const kept = localStorage.getItem(key)
    return choices.find((choice) => choice === kept)
  } catch {
    return undefined
  }
}
