import { describe, expect, it } from 'vitest'
import { kindOf } from '../../api/conformance/shape.ts'
import type { Where } from './here.ts'

export function callsAboutItself(where: Where): void {
  describe('the system itself', () => {
    it('tells the time and what it is, without an envelope', async () => {
      const { ask } = where().talk
      expect(kindOf((await ask('GET', '/api/v2/time')).body)).toBe('time')
      expect((await ask('GET', '/api/v2/info')).body).toMatchObject({
        artifact: 'obflow',
        name: 'obflow',
      })
    })

    it('tells whoever asks whether it is well', async () => {
      const { ask, served } = where().talk
      expect(
        (await ask('GET', '/api/status?includeUnavailableComponent=true', undefined, null)).body,
      ).toBe('okay')
      for (const call of served.filter((each) => /^GET \/\w+z$/.test(each)))
        expect((await ask('GET', call.replace('GET ', ''), undefined, null)).body).toMatchObject({
          status: 'okay',
        })
    })
  })

  describe('a refusal has the form that OCP documents', () => {
    const clusters = '/api/v2/ob/clusters'
    it.each<
      [why: string, status: number, code: string, method: string, path: string, sending?: unknown]
    >([
      ['a cluster that is not there', 404, 'OBE11001', 'GET', `${clusters}/999`],
      ['a task that is not there', 404, 'TSK10001', 'GET', '/api/v2/tasks/instances/999'],
      ['a host that is not there', 404, 'CMP07005', 'DELETE', '/api/v2/compute/hosts/999'],
      ['a package that is not there', 404, 'PKG10014', 'DELETE', '/api/v2/software-packages/999'],
      [
        'an OBProxy cluster that is not there',
        404,
        'ODP21001',
        'DELETE',
        '/api/v2/obproxy/clusters/999',
      ],
      ['a call that is not there', 404, 'COM10002', 'GET', '/api/v2/nothing'],
      ['another method', 405, 'COM10003', 'PUT', clusters],
      [
        'a name that is taken',
        409,
        'COM10006',
        'POST',
        '/api/v2/compute/regions',
        { name: 'hangzhou' },
      ],
      ['a region that is in use', 409, 'COM10005', 'DELETE', '/api/v2/compute/regions/1'],
      ['a host that is in use', 409, 'CMP07004', 'DELETE', '/api/v2/compute/hosts/1'],
      ['a size beyond the limit', 400, 'COM10001', 'GET', '/api/v2/tasks/instances?size=2001'],
      ['a filter that is no word of its enum', 400, 'COM10001', 'GET', `${clusters}?status=GONE`],
      ['a body that is no JSON', 400, 'COM10003', 'POST', clusters, '{"name":'],
    ])('%s: %i %s', async (_, status, code, method, path, sending) => {
      const reply = await where().talk.ask(method, path, sending)
      expect(reply).toMatchObject({ status, body: { status, successful: false, error: { code } } })
    })

    it('names every wrong field of a body', async () => {
      const body = {
        type: 'OTHER',
        name: 7,
        password: 'x',
        zones: [{ name: 'zone1', servers: ['a'] }],
        colour: 'red',
      }
      const reply = await where().talk.ask('POST', clusters, body)
      const fields = ['name', 'type', 'zones[0].idcName', 'zones[0].servers[0]', 'colour']
      expect(reply).toMatchObject({ status: 400, body: { error: { code: 'COM10001' } } })
      for (const field of fields)
        expect(reply.body).toMatchObject({
          error: { subErrors: expect.arrayContaining([expect.objectContaining({ field })]) },
        })
    })

    it('says who may not come in', async () => {
      const { ask } = where().talk
      expect(await ask('GET', clusters, undefined, null)).toMatchObject({
        status: 401,
        body: { error: { code: 'IAM10000' } },
      })
      const stranger = { username: 'stranger', password: 'some-word' }
      expect(await ask('GET', clusters, undefined, stranger)).toMatchObject({
        status: 401,
        body: { error: { code: 'IAM10004' } },
      })
    })
  })
}
