import { type DependencyList, useCallback, useEffect, useState } from 'react'

export interface Loaded<Data> {
  readonly data: Data | undefined
  readonly error: unknown
  readonly loading: boolean
  reload(): void
}

/** Loads when shown and when its inputs change; what was shown stays until the new is there. */
export function useLoad<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  inputs: DependencyList,
): Loaded<Data> {
  const [state, setState] = useState<Omit<Loaded<Data>, 'reload'>>({
    data: undefined,
    error: undefined,
    loading: true,
  })
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the inputs are the caller's.
  useEffect(() => {
    const controller = new AbortController()
    setState((before) => ({ ...before, loading: true }))
    load(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({ data, error: undefined, loading: false })
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setState((before) => ({ ...before, error, loading: false }))
      },
    )
    return () => controller.abort()
  }, [...inputs, round])
  const reload = useCallback(() => setRound((before) => before + 1), [])
  return { ...state, reload }
}
