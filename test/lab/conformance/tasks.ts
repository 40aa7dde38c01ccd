import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createBody } from './clusters.ts'
import { addHosts, created, labHost, succeeded, type Where, withId } from './here.ts'

const tasks = '/api/v2/tasks/instances'
/** OCP's page has the first, its Terraform provider asks the second. */
const roots = [tasks, '/api/v2/tasks']
const list = z.object({
  contents: z.array(withId),
  page: z.object({
    number: z.number(),
    size: z.number(),
    totalElements: z.number(),
    totalPages: z.number(),
  }),
})
const log = z.object({ log: z.string() })

export function taskCalls(where: Where): void {
  const listed = async (query: string) =>
    list.parse(await where().talk.must('GET', `${tasks}?${query}`))

  describe('tasks', () => {
    it('are listed page by page, both ways', async () => {
      const up = await listed('size=2000&sort=id,asc')
      const ids = up.contents.map(({ id }) => id)
      expect(ids).toEqual(ids.toSorted((one, other) => one - other))
      expect(up.page).toEqual({ number: 1, size: 2000, totalElements: ids.length, totalPages: 1 })
      expect((await listed('size=2000')).contents.map(({ id }) => id)).toEqual(ids.toReversed())
      const last = await listed(`page=${ids.length}&size=1&sort=id,asc`)
      expect(last).toMatchObject({
        contents: [{ id: ids.at(-1) }],
        page: { totalPages: ids.length, totalElements: ids.length },
      })
    })

    it('are listed by every filter', async () => {
      const here = where()
      const { id, clusterId } = here.primary
      const filters = [
        'name=create primary',
        `clusterId=${clusterId}`,
        'clusterName=zer',
        'type=MANUAL',
        'status=SUCCESSFUL,FAILED',
      ]
      for (const filter of [...filters, filters.join('&')])
        expect((await listed(`size=2000&${filter}`)).contents.map((task) => task.id)).toContain(id)
      const [hostId] = here.hostIds
      const ofHost = (await listed(`size=2000&hostId=${hostId}`)).contents
      expect(ofHost.length).toBeGreaterThan(0)
      expect(ofHost.filter((task) => 'hostId' in task && task.hostId !== hostId)).toEqual([])
      for (const nothing of [
        'name=nothing',
        'type=SCHEDULED',
        'clusterName=nowhere',
        'clusterId=999',
        'tenantName=sys',
        'tenantId=1',
      ])
        await expect(here.scene.ask('GET', `${tasks}?${nothing}`)).resolves.toMatchObject({
          data: { contents: [] },
        })
    })

    it('are read under both paths, with the log of each node and a diagnosis', async () => {
      const here = where()
      const { ask, must } = here.talk
      const { id } = here.primary
      const task = await must('GET', `${tasks}/${id}`)
      expect(await must('GET', `/api/v2/tasks/${id}`)).toEqual(task)
      const { subtasks } = z
        .object({ subtasks: z.array(z.looseObject({ id: z.number(), name: z.string() })) })
        .parse(task)
      expect(subtasks).toHaveLength(23)
      const some = await must('GET', `${tasks}/${id}/subtasks?size=4&page=6`)
      expect(some).toMatchObject({ contents: subtasks.slice(20), page: { totalElements: 23 } })
      const node = subtasks.find(({ name }) => name === 'Install rpm')
      const { log: text } = log.parse(await must('GET', `${tasks}/${id}/subtasks/${node?.id}/log`))
      expect(text).toMatch(
        /^#{12}\{EXECUTE\}\{\d{4}-\d\d-\d\dT[\d:.]{12}(Z|[+-]\d\d:\d\d)\}#{12}\n/,
      )
      const made = expect.objectContaining({ call: 'createObCluster', status: 200 })
      for (const book of [`${tasks}/${id}/audit`, `/api/v2/audit?taskId=${id}`])
        expect(await must('GET', book)).toMatchObject({ contents: expect.arrayContaining([made]) })
      for (const followed of ['events', `subtasks/${node?.id}/log/events`]) {
        const { status, body } = await ask('GET', `${tasks}/${id}/${followed}`)
        expect({ status, body }).toEqual({
          status: 200,
          body: expect.stringContaining('event: end'),
        })
      }
      for (const version of ['v1', 'v2']) {
        const { status, headers, body } = await ask(
          'POST',
          `/api/${version}/tasks/instances/${id}/downloadDiagnosis`,
        )
        expect({ status, type: headers.get('content-type') }).toEqual({
          status: 200,
          type: 'application/zip',
        })
        expect(z.string().parse(body)).toContain('task_info.txt')
      }
    })

    it.each(roots)('are cancelled, retried, skipped and taken back below %s', async (root) => {
      const here = where()
      const { must } = here.talk
      const { username } = labHost(here, 3).users.admin
      const wrong = { type: 'PASSWORD', username, passphrase: 'not-the-password' }
      const login = { targetType: 'HOST', name: `wrong for ${root}`, sshCredentialProperty: wrong }
      const credential = withId.parse(await must('POST', '/api/v2/profiles/me/credentials', login))
      await must('DELETE', `/api/v2/compute/hosts/${here.hostIds[3]}`)

      await labHost(here, 3).fault('sshdDown')
      const { id } = await addHosts(here, [3], credential.id)
      const first = async () => (await here.scene.task(id)).subtasks[0]
      while ((await first())?.status !== 'RUNNING') await pause(50)
      const subtask = (await first())?.id
      const failed = async (code: string) => {
        const { status, subtasks } = await here.scene.ended(id)
        expect(status).toBe('FAILED')
        expect(subtasks.find((node) => node.status === 'FAILED')?.error?.code).toBe(code)
      }
      expect(await must('POST', `${root}/${id}/subtasks/${subtask}/cancel`)).toBeUndefined()
      await failed('TSK10014')
      await labHost(here, 3).heal('sshdDown')

      expect(await must('POST', `${root}/${id}/subtasks/${subtask}/retry`)).toMatchObject({
        operation: 'RETRY',
        runTime: 2,
      })
      await failed('CMP07015')
      expect(await must('POST', `${root}/${id}/retry`)).toMatchObject({
        id,
        operation: 'RETRY',
        status: 'RUNNING',
      })
      await failed('CMP07015')
      expect(await must('POST', `${root}/${id}/subtasks/${subtask}/skip`)).toBeUndefined()
      await failed('CMP07015')
      expect(await first()).toMatchObject({ status: 'SUCCESSFUL', operation: 'SKIP' })
      expect(await must('POST', `${root}/${id}/rollback`)).toMatchObject({
        id,
        operation: 'ROLLBACK',
      })
      await succeeded(here, id)
    })

    it('about a cluster are retried and taken back too', async () => {
      const here = where()
      const { must } = here.talk
      await must('DELETE', `/api/v2/compute/hosts/${here.hostIds[3]}`)
      await succeeded(here, (await addHosts(here, [3])).id)
      const host = labHost(here, 3)
      const listen =
        "setsid /opt/obflow-lab/node -e 'require(`net`).createServer().listen(2881)' >/dev/null 2>&1 & echo $!"
      const stranger = (await host.exec(listen)).stdout.trim()
      const posted = await must(
        'POST',
        '/api/v2/ob/clusters',
        createBody(here, 3, { name: 'protoss' }),
      )
      const { id } = created.parse(posted)
      expect((await here.scene.ended(id)).status).toBe('FAILED')
      expect(await must('POST', `${tasks}/${id}/retry`)).toMatchObject({
        cluster: { name: 'protoss', type: 'PRIMARY' },
      })
      expect((await here.scene.ended(id)).status).toBe('FAILED')
      expect(await must('POST', `${tasks}/${id}/rollback`)).toMatchObject({ operation: 'ROLLBACK' })
      await succeeded(here, id)
      await host.exec(['kill', stranger])
    })
  })
}
