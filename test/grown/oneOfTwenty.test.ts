import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { buildPackages } from '../../lab/index.ts'
import { createRequest } from '../../lab/scenario.ts'
import { type ApiClient, ApiError, type Reply } from '../../src/cli/client.ts'
import { causes } from '../lab/scene.ts'
import { type GrownScene, startGrownScene } from './scene.ts'

const created = z.object({ id: z.number(), clusterId: z.number() })
const deletion = z.object({ id: z.number() })
const clients = Array.from({ length: 20 }, (_, index) => index)
const refused = z.instanceof(ApiError).transform(({ status, code }) => `${status} ${code}`)

describe('of 20 clients at two APIs who want the same at one moment', () => {
  let grown: GrownScene
  let rpmName: string
  beforeAll(async () => {
    grown = await startGrownScene(2)
    const rpm = (await buildPackages()).find(
      ({ name, version }) => name === 'oceanbase' && version.startsWith('4.'),
    )
    rpmName = basename(rpm?.path ?? '')
  })
  afterAll(() => grown?.scene[Symbol.asyncDispose]())

  /**
   * What came of 20 calls, every other one at the second API: what was accepted, and what the
   * others were told.
   */
  async function race<Answer>(call: (api: ApiClient, client: number) => Promise<Reply<Answer>>) {
    const outcomes = await Promise.allSettled(
      clients.map((client) => call(grown.apis[client % 2 === 0 ? 0 : 1], client)),
    )
    return {
      accepted: outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [outcome.value.data] : [],
      ),
      others: outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [refused.parse(outcome.reason)] : [],
      ),
    }
  }
  const create = (api: ApiClient, name: string, host: number) => {
    const wish = {
      name,
      password: 'Aa11--zealot',
      rpmName,
      zones: [{ name: 'zone1', hosts: [host] }],
    }
    return api.post('/api/v2/ob/clusters', createRequest(grown.scene.inventory, wish), created)
  }

  it('one gets the name, one the host, one the deletion; nineteen are told why not, and nothing is done twice', async () => {
    const { scene } = grown
    const named = await race((api) => create(api, 'aiur', 0))
    expect(named.others).toEqual(Array(19).fill('409 OBE11014'))
    const hosted = await race((api, client) => create(api, `shakuras${client}`, 1))
    expect(hosted.others).toEqual(Array(19).fill('409 CMP07004'))

    const [first, second] = [...named.accepted, ...hosted.accepted]
    for (const task of [first, second]) expect(causes(await scene.ended(task?.id ?? 0))).toBe('')
    for (const host of scene.lab.hosts) {
      expect((await host.exec('cat /home/admin/oceanbase/run/bootstrap.count')).stdout.trim()).toBe(
        '1',
      )
    }

    const deleted = await race((api) =>
      api.delete(`/api/v2/ob/clusters/${first?.clusterId}`, deletion),
    )
    expect(deleted.others).toEqual(Array(19).fill('409 OBE11020'))
    expect(causes(await scene.ended(deleted.accepted[0]?.id ?? 0))).toBe('')
  })
})
