import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'
import { basic, openApi, type TestApi } from './server.ts'

let api: TestApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

const infoOf = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
  api = await openApi({ ocpVersion: readConfig(env).ocpVersion })
  await api.reset()
  const headers = { authorization: basic('admin', 'admin-password') }
  return (await api.app.inject({ url: '/api/v2/info', headers })).json()
}

test('the build version is that of the package unless a setting says otherwise', async () => {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')))
  expect(await infoOf({})).toMatchObject({ name: 'obflow', buildVersion: version })
})

test('a client that wants an OCP of 4.2 is told the version that was set', async () => {
  expect(await infoOf({ OBFLOW_OCP_VERSION: '4.2.1' })).toMatchObject({
    name: 'obflow',
    buildVersion: '4.2.1',
  })
})

test('a version that is none is refused at the start', () => {
  expect(() => readConfig({ OBFLOW_OCP_VERSION: 'latest' })).toThrow('OBFLOW_OCP_VERSION')
})
