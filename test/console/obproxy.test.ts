import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { fill as fillClusters } from '../api/obproxyScene.ts'
import { setTask } from '../store/taskRows.ts'
import { launch, logIn, open, type Window } from './browser.ts'
import { admin, openScene, type Scene } from './scene.ts'

let scene: Scene
let browser: Browser
let window: Window
beforeAll(async () => {
  scene = await openScene({ publicUrl: 'http://10.0.0.9:8080' })
  browser = await launch()
  await fillClusters(scene.api)
  window = await open(browser, scene.base)
  await window.page.goto('/obproxy')
  await logIn(window.page, ...admin)
  await window.page.getByRole('heading', { name: 'OBProxy clusters' }).waitFor()
  window.complaints.splice(0)
})
afterAll(async () => {
  await browser?.close()
  await scene?.close()
})
afterEach(() => expect(window.complaints).toEqual([]))

/** What the worker does of a task as soon as it is started: no task is run here. */
async function carryOut(before: number, work: () => Promise<unknown>): Promise<void> {
  const { api } = scene
  while (api.started.length === before) await new Promise((resolve) => setImmediate(resolve))
  await work()
  const run = api.started.at(-1)
  if (run) await setTask(api.db, run.taskId, 'SUCCESSFUL')
}

test('OBProxy is created, linked, unlinked and deleted, each after its dry run', async () => {
  const { page } = window
  const { api } = scene
  const dialog = page.getByRole('dialog')

  await page.getByRole('button', { name: 'New OBProxy cluster' }).click()
  await dialog.getByLabel('Name').fill('odp')
  await dialog.getByRole('combobox', { name: 'Hosts' }).click()
  await page.locator('.ant-select-dropdown:visible').getByTitle('10.0.0.3').click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Next' }).click()
  await dialog.getByText('/opt/taobao/install/obproxy', { exact: false }).first().waitFor()
  await dialog.getByRole('button', { name: 'New OBProxy cluster' }).click()
  await page.waitForURL(/\/tasks\/\d+$/)
  await api.launcher.settled()
  const id = (await api.store.obproxy.byName('odp'))?.id ?? 0
  await carryOut(0, () => api.store.obproxy.setStatus(id, 'RUNNING'))

  await page.goto('/obproxy')
  await page.getByRole('button', { name: 'Expand row' }).click()
  const links = page.getByRole('region', { name: 'Serves clusters: odp' })
  await links.getByRole('button', { name: 'Link clusters' }).click()
  await dialog.getByRole('combobox', { name: 'Serves clusters' }).click()
  await page.locator('.ant-select-dropdown:visible').getByTitle('hooray', { exact: false }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Next' }).click()
  await dialog.getByRole('list', { name: 'Steps' }).getByRole('listitem').first().waitFor()
  const started = api.started.length
  await dialog.getByRole('button', { name: 'Link clusters' }).click()
  await carryOut(started, () => api.store.obproxy.settle(id, [1]))
  await dialog.waitFor({ state: 'detached' })

  await links.getByRole('button', { name: 'Unlink: hooray' }).click()
  await dialog.getByText('The proxies no longer serve this cluster.').waitFor()
  const linked = api.started.length
  await dialog.getByRole('button', { name: 'Unlink' }).click()
  await carryOut(linked, () => api.store.obproxy.unlink(id, [1]))
  await dialog.waitFor({ state: 'detached' })
  await links.getByText('None').waitFor()

  await page.getByRole('button', { name: 'Delete: odp' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL(/\/tasks\/\d+$/)
})

/** A topology file for a cluster behind one OBProxy cluster. */
const behind = (proxy: string): string => `packages: [unknown.rpm]
login: {user: root, privateKey: prompt}
cluster:
  name: third
  password: prompt
  zones: [{name: zone1, hosts: [10.0.0.1]}]
obproxy: {name: ${proxy}, hosts: [10.0.0.3], mode: CONFIG_URL}
`

test('a topology file keeps the OBProxy cluster and its mode; one that is not there is told', async () => {
  const { page } = window
  const dialog = page.getByRole('dialog')
  const load = async (proxy: string): Promise<string> => {
    const file = { name: 'c.yaml', mimeType: 'text/plain', buffer: Buffer.from(behind(proxy)) }
    await page.setInputFiles('input[aria-label="Load file"]', file)
    await dialog.getByText('unknown.rpm').waitFor()
    const told = (await dialog.textContent()) ?? ''
    await dialog.getByRole('button', { name: 'OK' }).click()
    await dialog.waitFor({ state: 'detached' })
    return told
  }
  await page.goto('/clusters/new')
  expect(await load('stranger')).toContain('stranger')
  expect(await load('odp')).not.toContain('odp')
  await page.getByRole('button', { name: 'Save as file' }).click()
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'As YAML' }).click(),
  ])
  expect(parse(await readFile(await saved.path(), 'utf8'))).toMatchObject({
    obproxy: { name: 'odp', hosts: ['10.0.0.3'], mode: 'CONFIG_URL' },
  })
})
