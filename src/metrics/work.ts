import { Counter, Histogram, type Registry } from 'prom-client'
import { type RemoteCall, signals } from '../signals.ts'

/** Seconds. A statement takes a millisecond, an io bench ten minutes. */
const callBuckets = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300]
const subtaskBuckets = [0.1, 0.5, 2, 10, 30, 60, 300, 900, 3600]

const secondsOf = ({ askedAt, endedAt }: RemoteCall): number => (endedAt - askedAt) / 1000

/** Counts what this process does from now on. Returns what ends it. */
export function countWork(registry: Registry): () => void {
  const registers = [registry]
  const attempts = new Counter({
    name: 'obflow_subtask_attempts_total',
    help: 'Attempts at subtasks that ended, by node and outcome.',
    labelNames: ['node', 'outcome'],
    registers,
  })
  const failures = new Counter({
    name: 'obflow_subtask_failures_total',
    help: 'Subtasks that became FAILED, by node and code.',
    labelNames: ['node', 'code'],
    registers,
  })
  const subtasks = new Histogram({
    name: 'obflow_subtask_duration_seconds',
    help: 'Time that subtasks spent at work until they succeeded or failed, all attempts together.',
    labelNames: ['node', 'outcome'],
    buckets: subtaskBuckets,
    registers,
  })
  const ssh = new Histogram({
    name: 'obflow_ssh_command_duration_seconds',
    help: 'Commands on hosts: ok, refused (an exit code) or lost (no answer).',
    labelNames: ['outcome'],
    buckets: callBuckets,
    registers,
  })
  const sql = new Histogram({
    name: 'obflow_sql_statement_duration_seconds',
    help: 'Statements to observers and proxies: ok, refused (an error) or lost (no answer).',
    labelNames: ['outcome'],
    buckets: callBuckets,
    registers,
  })
  const calls = new Histogram({
    name: 'obflow_http_request_duration_seconds',
    help: "The API's calls, by name and status.",
    labelNames: ['call', 'status'],
    buckets: callBuckets,
    registers,
  })
  const ends = [
    signals.attempt.listen(({ node, outcome, code, ms }) => {
      attempts.inc({ node, outcome })
      if (code !== undefined) failures.inc({ node, code })
      if (outcome === 'successful' || outcome === 'failed')
        subtasks.observe({ node, outcome }, ms / 1000)
    }),
    signals.ssh.listen((call) => ssh.observe({ outcome: call.outcome }, secondsOf(call))),
    signals.sql.listen((call) => sql.observe({ outcome: call.outcome }, secondsOf(call))),
    signals.call.listen(({ call, status, ms }) => calls.observe({ call, status }, ms / 1000)),
  ]
  return () => {
    for (const end of ends) end()
  }
}
