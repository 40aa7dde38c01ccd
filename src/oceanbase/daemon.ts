import { readFileSync } from 'node:fs'
import { Quoted } from '../quote.ts'

/** Shell functions about a daemon known by its home: state, stop, launch. They expect `name`, `home` and a function `ready`. */
export const daemonFunctions = new Quoted(readFileSync(new URL('daemon.sh', import.meta.url), 'utf8'), '')
