import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { z } from 'zod'
import { type LabHost, snapshot } from '../index.ts'
import type { Stack } from './stack.ts'

/**
 * What a create leaves behind: files, packages and processes of its hosts, what the API tells, and
 * what Temporal still runs; each a line, in words that are the same in every run. What a disturbed
 * run has more is an orphan, what it has less was lost.
 */
export type Traces = ReadonlySet<string>

type Observed = Pick<Stack, 'lab' | 'api' | 'temporal'>

/** The kernel's own files, logs, and what tells how often something was done. */
const own =
  /\/sstable\/kernel\/|\/log[/ ]|\/bootstrap\.(count|received)|\ssshd: |\/\.reserved |\/run\/mount /

const hostLines = async (host: LabHost): Promise<string[]> => {
  const { files, packages, processes } = await snapshot(host, { contents: false })
  return [...files, ...packages, ...processes]
    .filter((line) => !own.test(line))
    .map((line) => `${host.ip}: ${line}`)
}

const page = z.object({ contents: z.array(z.looseObject({ id: z.number() })) })

/** Times, ports, how long something took and how often it ran are of a run, not of its result. */
const ofTheRun =
  /time$|duration|executor|operation|^clusterId$|^obClusterId$|^progress|^percent|^runTime$|^error$|^causes?$|^temporalUrl$/i

/** A JSON value as lines of a path and a leaf. */
export const flat = (value: unknown, at: string): string[] => {
  if (typeof value !== 'object' || value === null) return [`${at} ${JSON.stringify(value)}`]
  return Object.entries(value).flatMap(([key, inner]) =>
    ofTheRun.test(key) ? [] : flat(inner, `${at}.${key}`),
  )
}

const list = async ({ api }: Observed, path: string) =>
  (await api.get(`/api/v2${path}?size=100`, page)).data.contents

const all = async ({ api }: Observed, paths: readonly string[]): Promise<string[]> => {
  const one = async (path: string) =>
    flat((await api.get(`/api/v2${path}`, z.unknown())).data, path)
  return (await Promise.all(paths.map(one))).flat()
}

async function inventoryLines(stack: Observed): Promise<string[]> {
  const clusters = await list(stack, '/ob/clusters')
  return [
    ...flat(await list(stack, '/compute/hosts'), '/compute/hosts'),
    ...flat(clusters, '/ob/clusters'),
    ...(await all(
      stack,
      clusters.flatMap(({ id }) => [`/ob/clusters/${id}/zones`, `/ob/clusters/${id}/servers`]),
    )),
  ]
}

async function taskLines(stack: Observed): Promise<string[]> {
  const tasks = await list(stack, '/tasks/instances')
  return all(
    stack,
    tasks.map(({ id }) => `/tasks/instances/${id}`),
  )
}

/** Workflows that run although all tasks have ended. Temporal's lists lag a moment behind. */
async function temporalLines({ temporal }: Observed): Promise<string[]> {
  const connection = await Connection.connect({ address: temporal })
  try {
    const client = new Client({ connection })
    for (let looks = 1; ; looks++) {
      const open: string[] = []
      for await (const { workflowId } of client.workflow.list({
        query: 'ExecutionStatus = "Running"',
      }))
        open.push(`workflow ${workflowId}`)
      if (open.length === 0 || looks === 20) return open
      await sleep(500)
    }
  } finally {
    await connection.close()
  }
}

export async function tracesOf(stack: Observed): Promise<Traces> {
  const { lab } = stack
  const lines = [
    ...(await Promise.all(lab.hosts.map(hostLines))).flat(),
    ...(await inventoryLines(stack)),
    ...(await taskLines(stack)),
    ...(await temporalLines(stack)),
  ]
  const prefix = lab.subnet.replace(/0\/24$/, '')
  const likeAll = (line: string): string =>
    line
      .replaceAll(prefix, 'net.')
      .replaceAll(lab.name, 'lab')
      .replace(/--port \d+/, '--port')
      .replace(/(restarted-\d+)-\d+/, '$1')
      // Started for the first time it is given its flags, later it knows them.
      .replace(/(\/bin\/observer) -.*/, '$1')
  return new Set(lines.map(likeAll))
}

/**
 * Hosts as they are, to the content of their files, what the API tells of hosts and clusters, and
 * what Temporal still runs: a task that is taken back changes none of it.
 */
export async function stateOf(stack: Observed): Promise<Traces> {
  const hosts = stack.lab.hosts.map(async (host) =>
    Object.entries(await snapshot(host)).flatMap(([kind, lines]: [string, readonly string[]]) =>
      lines.map((line) => `${host.ip}, ${kind}: ${line}`),
    ),
  )
  return new Set([
    ...(await Promise.all(hosts)).flat(),
    ...(await inventoryLines(stack)),
    ...(await temporalLines(stack)),
  ])
}

/** What is there that should not be, and what should be there and is not. */
export const unlike = (seen: Traces, wanted: Traces): string[] => [
  ...[...seen].filter((line) => !wanted.has(line)).map((line) => `left behind: ${line}`),
  ...[...wanted].filter((line) => !seen.has(line)).map((line) => `missing: ${line}`),
]
