import { expect } from 'vitest'
import { type Collector, kinds } from './collector.ts'

/** Of a create on one host: 23 subtasks, four of which are joins. */
export const workOfOneHost = 19

/**
 * One trace from the call to what it did on hosts: HTTP server span, workflow, its subtasks, and
 * below them commands and statements.
 */
export async function expectChain(
  collector: Collector,
  task: {
    readonly id: number
    readonly route: string
    readonly workflow: string
    /** How many of its subtasks do something: a join of the graph is none of them. */
    readonly subtasks: number
  },
): Promise<void> {
  const about = (name: string) => (span: Collector['spans'][number]) =>
    span.name === name && span.attributes['obflow.task.id'] === task.id
  const run = await collector.has(about(`RunWorkflow:${task.workflow}`))
  const call = await collector.has(about(task.route))
  expect(call).toMatchObject({
    kind: kinds.server,
    parentSpanId: '',
    attributes: { 'http.route': task.route.split(' ')[1], 'http.response.status_code': 200 },
  })
  expect(run).toMatchObject({ traceId: call.traceId, parentSpanId: call.spanId })
  const trace = collector.spans.filter(({ traceId }) => traceId === call.traceId)
  const attempts = trace.filter(({ name }) => name.startsWith('RunActivity:'))
  expect(new Set(attempts.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([run.spanId]))
  const subtasks = new Set(attempts.map(({ attributes }) => attributes['obflow.subtask.id']))
  expect(subtasks.size).toBe(task.subtasks)
  const below = trace.filter((span) => span !== call && span !== run && !attempts.includes(span))
  const parents = new Set(attempts.map(({ spanId }) => spanId))
  expect(below.filter(({ parentSpanId }) => !parents.has(parentSpanId))).toEqual([])
  expect(new Set(below.map(({ kind }) => kind))).toEqual(new Set([kinds.client]))
  const statements = below.filter(({ attributes }) => attributes['db.system.name'] !== undefined)
  expect(statements.length).toBeGreaterThan(0)
  expect(below.length).toBeGreaterThan(statements.length)
  for (const { attributes } of below)
    expect(attributes['server.address']).toEqual(expect.any(String))
  expect(new Set(trace.map(({ spanId }) => spanId)).size).toBe(trace.length)
  for (const { startTimeUnixNano, endTimeUnixNano, name } of trace)
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano), name).toBe(true)
}
