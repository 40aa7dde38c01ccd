import { expect, it } from 'vitest'
import { flat } from '../../lab/chaos/traces.ts'

it('two runs of one create are alike, whenever and behind whatever port they ran', () => {
  const task = (run: number) => ({
    id: 1002,
    status: 'SUCCESSFUL',
    startTime: `2026-11-29T12:00:0${run}Z`,
    temporalUrl: `http://127.0.0.1:${8000 + run}/namespaces/default/workflows/create-cluster-a-1002`,
    subtasks: [{ name: 'Pre check', runTime: run, status: 'SUCCESSFUL' }],
  })
  expect(flat(task(1), '/tasks/1002')).toEqual(flat(task(2), '/tasks/1002'))
  expect(flat(task(1), '/tasks/1002')).toContain('/tasks/1002.subtasks.0.status "SUCCESSFUL"')
})
