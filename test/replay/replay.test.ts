import { readdirSync, readFileSync } from 'node:fs'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Runtime, Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../src/operations/registry.ts'
import { runSpans } from '../../src/worker/runSpans.ts'
import { bundle, quiet } from '../support/bundle.ts'

const folder = new URL('histories/', import.meta.url)
const recorded = readdirSync(folder).filter((file) => file.endsWith('.json'))

const sinks = runSpans(async () => null)

/** Ways a run can go, as the names of the histories say it. */
const kinds = [
  'create-1-host',
  'create-3-hosts',
  'failed',
  'failed-40-hosts',
  'retried',
  'skipped',
  'cancelled',
  'rolled-back',
  'taken-over',
  'continued',
]

beforeAll(() => {
  Runtime.install({ logger: quiet })
})

/**
 * Histories of runs, most of them in the lab: today's workflow code must still take every one of
 * them the way it went.
 */
describe('replay', () => {
  it.each(kinds)('has a history of a create that was %s', (kind) => {
    expect(recorded.filter((file) => file.includes(kind))).not.toEqual([])
  })

  it.each(operations.map(({ name }) => name))('has a history of %s', (name) => {
    expect(recorded).toContain(`operation-${name}.json`)
  })

  it.each(recorded)('%s goes as it went', async (file) => {
    const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
    await Worker.runReplayHistory({ workflowBundle: bundle(), sinks }, history)
  })

  it('notices a workflow that schedules something else', async () => {
    const file = recorded[0] ?? ''
    const altered = readFileSync(new URL(file, folder), 'utf8').replaceAll(
      '"installRpm"',
      '"installDeb"',
    )
    await expect(
      Worker.runReplayHistory(
        { workflowBundle: bundle(), sinks },
        historyFromJSON(JSON.parse(altered)),
      ),
    ).rejects.toThrow()
  })
})
