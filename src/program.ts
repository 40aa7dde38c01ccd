import { StartError } from './errors/startError.ts'

/**
 * Runs a program that serves until it is told to stop. One that cannot start ends with 1 and the
 * reason on stderr.
 */
export async function program(main: () => Promise<void>): Promise<void> {
  // Packages, keys and the store are for nobody else.
  process.umask(0o077)
  try {
    await main()
  } catch (error) {
    const text =
      error instanceof StartError
        ? error.message
        : error instanceof Error
          ? error.stack
          : String(error)
    process.stderr.write(`${text}\n`)
    // What was opened before it failed would keep the process.
    process.exit(1)
  }
}
