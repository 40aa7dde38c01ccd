import type { Said } from '../errors/say.ts'
import type {
  ClientToken,
  Creator,
  Db,
  Keys,
  MadeWithTask,
  NewTask,
  Task,
} from '../store/acceptance.ts'

/** An acceptance that is under way, in one transaction. */
export interface Asking<Request> {
  readonly tx: Db
  readonly keys: Keys
  readonly request: Request
  readonly creator: Creator
}

/** What becomes one task. */
export interface Work extends Omit<NewTask, 'workflow' | 'creator' | 'traceId' | 'trace'> {
  readonly made?: MadeWithTask
  /** Writes what else needs the task's id. */
  readonly afterwards?: (taskId: number) => Promise<void>
  /** What a dry run says beside the task. */
  readonly note?: Said
}

/**
 * Throws Refused when a task must not be rolled back or retried now. What it looks at stays locked.
 */
export type Rule = (tx: Db, task: Task) => Promise<void>

/** What is known of the tasks of an operation. */
export interface Declared<Name extends string = string> {
  /** Also the type of its workflow in Temporal; the ids of its workflows begin with it. */
  readonly name: Name
  /** The task's name, OCP's own. */
  readonly title: string
  readonly chinese: string
  readonly refuseRollback?: Rule
  readonly refuseRetry?: Rule
}

/** Something that may be asked of this system and becomes a task: its whole declaration. */
export interface Operation<Name extends string = string, Request = never> extends Declared<Name> {
  /** Locks, refuses or reserves, and returns what is to be done: mostly one task. */
  readonly accept: (asking: Asking<Request>) => Promise<readonly Work[]>
  /** The task that stands for several. */
  readonly together?: (tasks: readonly Task[]) => { readonly of: Declared; readonly work: Work }
}

/** A request, and who sends it. */
export interface Asked<Request> {
  readonly request: Request
  readonly creator: Creator
  readonly traceId?: string | undefined
  /** The same request under the same token is accepted once. */
  readonly clientToken?: ClientToken | undefined
}
