/** What a command ends with; `obflow --help` prints this table. */
export const exitCodes = {
  done: { code: 0, text: 'done, or there was nothing to do' },
  failed: { code: 1, text: 'it failed: the API refused it, did not answer, or a task FAILED' },
  usage: { code: 2, text: 'wrong command line, setting or topology file; nothing was done' },
  rolledBack: { code: 3, text: 'the task was rolled back: what it made is gone again' },
  interrupted: { code: 130, text: 'Ctrl-C; a task that was started goes on' },
} as const

export type Outcome = keyof typeof exitCodes

export const exitCodeText = (): string =>
  Object.values(exitCodes)
    .map(({ code, text }) => `  ${String(code).padEnd(4)} ${text}`)
    .join('\n')
