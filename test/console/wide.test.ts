import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setSubtask } from '../store/taskRows.ts'
import { launch, logIn, open } from './browser.ts'
import { accept, admin, fill, openScene, type Scene } from './scene.ts'

/** As many as OceanBase's largest known cluster has. */
const hosts = 1554

let scene: Scene
let browser: Browser
beforeAll(async () => {
  scene = await openScene()
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await scene?.close()
})

test(`a run of ${hosts} hosts is read as a matrix, live, from the first to the last`, async () => {
  const ids = await fill(scene, hosts)
  const { id, subtasks } = await accept(scene, ids)
  const { page, complaints } = await open(browser, scene.base)
  await page.goto('/tasks')
  await logIn(page, ...admin)
  await page.getByRole('link', { name: 'Create primary OB cluster' }).waitFor()
  complaints.length = 0
  await page.goto(`/tasks/${id}`)
  const grid = page.getByRole('grid')
  await grid.getByRole('rowheader', { name: '10.0.0.1', exact: true }).waitFor()
  const ready = await page.evaluate('Math.round(performance.now())')
  const heap = await page.evaluate('Math.round(performance.memory.usedJSHeapSize / 1e6)')
  process.stderr.write(`${hosts} hosts: shown after ${ready} ms, ${heap} MB of heap\n`)
  // Zones, hosts and the head; drawn are those in sight.
  expect(await grid.getAttribute('aria-rowcount')).toBe(String(hosts + 3 + 1))
  expect(await grid.getByRole('row').count()).toBeLessThan(100)
  const first = subtasks.find(({ hostId }) => hostId === ids[0])
  await setSubtask(scene.api.db, first?.id ?? 0, { status: 'RUNNING', startTime: new Date() })
  await grid.getByRole('gridcell', { name: /^Running/ }).waitFor()
  await page.getByLabel('Only failed or running').check()
  await page.getByText(`1 of ${hosts} hosts`).waitFor()
  await page.getByLabel('Only failed or running').uncheck()
  await grid.focus()
  await page.keyboard.press('End')
  await grid.getByRole('rowheader', { name: '10.0.6.54', exact: true }).waitFor()
  await page.getByLabel('Filter by host or zone').fill('10.0.3.7')
  await page.getByText(`11 of ${hosts} hosts`).waitFor()
  expect(complaints).toEqual([])
}, 240_000)
