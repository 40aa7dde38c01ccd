import { type Quoted, sh } from '../quote.ts'
import type { ClusterSpec, ServerSpec } from './cluster.ts'

/** First start, with all flags; adopts an observer of this home that runs already. Prints its state. Run as `cluster.osUser`. */
export const startObserver = (_cluster: ClusterSpec, _server: ServerSpec, _options: { readonly device?: string } = {}): Quoted =>
  sh`:`
/** Stops this home's observer (TERM, then KILL), waits until its ports are free and starts it without flags: it reads its saved parameters. */
export const restartObserver = (_cluster: ClusterSpec): Quoted => sh`:`
/** Stops this home's observer, if any, and waits until its ports are free. */
export const stopObserver = (_cluster: ClusterSpec): Quoted => sh`:`
/** Looks for this home's observer. Read the answer with `readObserverState`. */
export const observerState = (_cluster: ClusterSpec): Quoted => sh`:`
/** What the scripts above print last: `observer <pid>` or `observer none`. */
export const readObserverState = (_stdout: string): { readonly pid: number } | undefined => undefined
/** The last ERROR and WARN lines of observer.log that carry a return code; at most `lines` (30) lines. */
export const errorTail = (_cluster: ClusterSpec, _lines?: number): Quoted => sh`:`
/** Startup parameters as they are used: the posted ones, else the line's own. */
export const startupParametersOf = (cluster: Pick<ClusterSpec, 'startupParameters' | 'version'>) => cluster.startupParameters
