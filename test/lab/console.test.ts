import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { LabHost } from '../../lab/index.ts'
import { launch, logIn, open, type Visit, type Window } from '../console/browser.ts'
import { type Scene, startScene } from './scene.ts'

/** The console on real hosts, as an operator uses it: nothing here is asked of the API beside it. */

const viewer = ['viewer', 'Viewers-words-1'] as const
/** A create, its dry run, and what the hosts take for it on a busy machine. */
const patience = { timeout: 150_000 }

let scene: Scene
let browser: Browser
const windows: Window[] = []
beforeAll(async () => {
  scene = await startScene({ hosts: 4, idcOf: (index) => `hz${(index % 3) + 1}` })
  browser = await launch()
  const [username, password] = viewer
  await scene.send('POST', '/api/v2/iam/users', { username, password, roles: ['CLUSTER_VIEWER'] })
})
afterAll(async () => {
  await browser?.close()
  await scene?.[Symbol.asyncDispose]()
})
afterEach(async () => {
  const complaints = windows.flatMap((window) => window.complaints)
  for (const { context } of windows.splice(0)) await context.close()
  expect(complaints).toEqual([])
})

async function visit(path: string, who?: readonly [string, string], how: Visit = {}) {
  const window = await open(browser, scene.obflow.url, how)
  windows.push(window)
  const { page, complaints } = window
  await page.goto(path)
  await logIn(page, ...(who ?? (['admin', scene.adminPassword] as const)))
  await page.getByRole('navigation').first().waitFor()
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/401/.test(text)))
  return page
}

const hostAt = (index: number): LabHost => {
  const host = scene.lab.hosts[index]
  if (!host) throw new Error(`the lab has no host ${index}`)
  return host
}

/** `make images` keeps what is seen on the way, for README.md. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.OBFLOW_IMAGES
  if (folder === undefined) return
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
}

const next = (page: Page) => page.getByRole('button', { name: 'Next' }).click()

/** Fills the form, to the check of its hosts; zone by zone the hosts by their place in the lab. */
async function fillForm(page: Page, name: string, zones: readonly number[]): Promise<void> {
  await page.getByRole('radio', { name: /oceanbase 4\.2\.1\.8/ }).check()
  await next(page)
  for (let zone = 3; zone > zones.length; zone -= 1)
    await page.getByRole('button', { name: `Remove zone zone${zone}` }).click()
  for (const [index, host] of zones.entries()) {
    await page.getByRole('combobox', { name: `Hosts of zone${index + 1}` }).click()
    // By the keyboard: the list before it may still be fading away.
    await page.keyboard.type(hostAt(host).ip)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
  }
  if (zones.length === 3) await picture(page, 'create')
  await next(page)
  await page.getByLabel('Cluster name').fill(name)
  await page.getByLabel('Password of root@sys').fill('Aa11--pylon')
  await next(page)
}

const failures = (page: Page) => page.getByRole('region', { name: '1 failed' })
const taskOf = (page: Page): number => Number(/\/tasks\/(\d+)/.exec(page.url())?.[1])
const clusters = z.object({
  contents: z.array(z.object({ name: z.string(), status: z.string() })),
})
const statusOf = async (name: string) =>
  clusters
    .parse(await scene.send('GET', '/api/v2/ob/clusters'))
    .contents.find((cluster) => cluster.name === name)?.status
const refusing = { refuseBootstrap: { errno: 4016, message: 'Internal error' } }

it('a finding is mended in the form, a failed node is read and retried on the page, and the cluster runs', async () => {
  await hostAt(0).fault('memory', 7)
  await hostAt(0).fault('observer', refusing)
  const page = await visit('/clusters/new')
  await fillForm(page, 'terran', [0, 1, 2])
  const finding = page.getByRole('region', { name: hostAt(0).ip })
  await finding.getByText('OBE19019').waitFor(patience)
  expect(await page.getByRole('button', { name: 'Create cluster' }).isDisabled()).toBe(true)
  await hostAt(0).heal('memory')
  await page.getByRole('button', { name: 'Check again' }).click()
  await finding.waitFor({ state: 'detached', ...patience })
  await page.getByRole('button', { name: 'Create cluster' }).click()

  await failures(page).waitFor(patience)
  const text = (await failures(page).textContent()) ?? ''
  expect(text).toContain('Bootstrap ob')
  expect(text).toContain('OBE10002')
  expect(text).toContain('Internal error')
  await page.getByText('{EXECUTE}').waitFor()
  await picture(page, 'failed')
  await page.getByRole('button', { name: 'Use dark theme' }).click()
  await picture(page, 'dark')
  await page.getByRole('button', { name: 'Use light theme' }).click()
  const id = taskOf(page)
  const chinese = await visit(`/tasks/${id}`, undefined, { language: 'zh-CN', theme: 'dark' })
  await chinese.getByRole('button', { name: '重试', exact: true }).first().waitFor()
  expect(await chinese.locator('.failures').textContent()).toMatch(
    /OBE10002.*处理建议.*Internal error/s,
  )

  await hostAt(0).heal('observer')
  await failures(page).getByRole('button', { name: 'Retry' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
  await failures(page).waitFor({ state: 'detached' })
  await page.getByText('35 of 35 subtasks done').or(failures(page)).waitFor(patience)
  expect(await failures(page).count()).toBe(0)
  await page.getByText('Timeline', { exact: true }).click()
  await page.getByRole('heading', { name: /Critical path/ }).waitFor()
  await picture(page, 'timeline')
  await page.getByRole('link', { name: 'terran' }).click()
  await page.getByRole('heading', { name: 'terran' }).waitFor()
  await page.getByText('RUNNING').first().waitFor()
  expect(await statusOf('terran')).toBe('RUNNING')
}, 400_000)

it('a viewer reads a failed run without a button and is refused by the API, and its rollback removes what was shown', async () => {
  await hostAt(3).fault('observer', refusing)
  const page = await visit('/clusters/new')
  await fillForm(page, 'zerg', [3])
  await page.getByRole('button', { name: 'Create cluster' }).click(patience)
  await failures(page).waitFor(patience)
  const id = taskOf(page)

  await page.getByText('{EXECUTE}').waitFor()
  await picture(page, 'one-host')
  const looking = await visit(`/tasks/${id}`, viewer)
  await failures(looking).waitFor()
  for (const name of ['Retry', 'Skip', 'Roll back', 'Retry failed'])
    expect(await looking.getByRole('button', { name, exact: true }).count()).toBe(0)
  const refused = await looking.evaluate(
    `fetch("/api/v2/tasks/instances/${id}/rollback", { method: "POST" }).then((r) => r.status)`,
  )
  expect(refused).toBe(403)
  windows.at(-1)?.complaints.splice(0)

  await page.getByRole('button', { name: 'Roll back' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('/data/1/zerg', { exact: true }).waitFor(patience)
  expect(await hostAt(3).exec('pgrep -x observer')).toMatchObject({ code: 0 })
  await dialog.getByRole('button', { name: 'Roll back' }).click()
  await page.locator('.page-head').getByText('Rolled back', { exact: true }).waitFor(patience)
  expect(await hostAt(3).exec('pgrep -x observer; ls /data/1/zerg')).toMatchObject({
    stdout: '',
  })
  await hostAt(3).heal('observer')
  await page.goto('/hosts')
  await page
    .getByRole('row', { name: hostAt(3).ip })
    .getByText('AVAILABLE')
    .first()
    .waitFor()
  expect(await statusOf('zerg')).toBeUndefined()
}, 400_000)
