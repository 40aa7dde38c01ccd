import { expect, test } from 'vitest'
import { z } from 'zod'
import { basic, openApi } from './server.ts'

const line = z.looseObject({ msg: z.string(), call: z.string().optional() })

/** The lines that calls leave in the log, with one setting. */
async function linesOf(callLog: 'off' | 'changes' | 'all', level: 'info' | 'warn' = 'info') {
  let text = ''
  const stream = {
    write(chunk: string) {
      text += chunk
    },
  }
  const api = await openApi({ callLog }, { logger: { level, stream } })
  try {
    await api.reset()
    await api.post('/api/v2/compute/regions', { name: 'hangzhou' })
    await api.get('/api/v2/compute/regions?keyword=secret-word')
    const authorization = basic('nobody', 'Wrong-word-1')
    await api.call({ url: '/api/v2/compute/regions', headers: { authorization } })
    await api.app.inject('/healthz')
  } finally {
    await api.close()
  }
  const lines = text.split('\n').filter(Boolean)
  return {
    text,
    calls: lines.map((each) => line.parse(JSON.parse(each))).filter(({ msg }) => /^call/.test(msg)),
  }
}

test('a call that may change something is a line of the log, with who made it', async () => {
  const { calls } = await linesOf('changes')
  expect(calls).toEqual([
    expect.objectContaining({
      msg: 'call that may change something',
      call: 'createRegion',
      user: 'admin',
      address: '127.0.0.1',
      method: 'POST',
      path: '/api/v2/compute/regions',
      status: 200,
      traceId: expect.any(String),
      ms: expect.any(Number),
    }),
  ])
})

test('with "all" every call is, however quiet the log is, without query or password', async () => {
  const { calls, text } = await linesOf('all', 'warn')
  expect(calls.map(({ call, status }) => [call, status])).toEqual([
    ['createRegion', 200],
    ['listRegions', 200],
    ['listRegions', 401],
    ['getHealth', 200],
  ])
  expect(text).not.toMatch(/secret-word|Wrong-word/)
})

test('with "off" none is', async () => {
  expect((await linesOf('off')).calls).toEqual([])
})
