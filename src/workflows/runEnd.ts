import { proxySinks, type Sink, type Sinks, workflowInfo } from '@temporalio/workflow'

/** What a run tells its worker when it ends; it is no part of the history. */
export interface RunSinks extends Sinks {
  readonly run: Sink & {
    ended(end: RunEnd): void
  }
}

export interface RunEnd {
  readonly taskId: number
  /** In ms since 1970. */
  readonly from: number
  readonly to: number
  readonly failed: boolean
}

const { run } = proxySinks<RunSinks>()

/** Tells the worker that this run ends, for its span. */
export const noteEnd = (taskId: number, failed: boolean): void =>
  run.ended({ taskId, from: workflowInfo().runStartTime.getTime(), to: Date.now(), failed })
