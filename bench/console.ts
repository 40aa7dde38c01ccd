import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { inArray } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { asIs } from '../src/errors/say.ts'
import { subtasks } from '../src/store/schema/index.ts'
import { launch, logIn, open } from '../test/console/browser.ts'
import { accept, admin, fill, openScene } from '../test/console/scene.ts'
import { setup } from '../test/support/emptyDatabase.ts'

// The console in Chromium: how soon its first page can be used, and a run of the largest known
// width. API, store and browser share this machine. Needs Debian's Chromium and `make console`.

const { values } = parseArgs({ options: { hosts: { type: 'string', default: '1554' } } })
const hosts = Number(values.hosts)
const goals = { interactiveMs: 1000, runMs: 2000, longTaskMs: 100, heapMb: 300 }

const number = z.number()
const evaluate = async (page: Page, script: string): Promise<number> =>
  number.parse(await page.evaluate(script))

/** Long tasks of the page's main thread from here on: https://www.w3.org/TR/longtasks-1/ */
const watchLongTasks = `
  window.longest = 0
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration)
  }).observe({ type: 'longtask' })`

/** From the top to the bottom in steps of a wheel, a frame each. */
const scrollDown = `new Promise((done) => {
  const grid = document.querySelector('[role=grid]')
  const step = () => {
    const before = grid.scrollTop
    grid.scrollTop += 240
    if (grid.scrollTop === before) done(0)
    else requestAnimationFrame(step)
  }
  step()
})`

const folder = await mkdtemp(join(tmpdir(), 'obflow-console-'))
await setup(folder)
const scene = await openScene()
const browser = await launch()
const ids = await fill(scene, hosts)
const task = await accept(scene, ids)
const { page } = await open(browser, scene.base)

await page.goto('/')
await logIn(page, ...admin)
await page.getByRole('link', { name: 'Create primary OB cluster' }).waitFor()
// A second visit has the session's cookie; the browser's cache is empty again.
const session = await page.context().newCDPSession(page)
await session.send('Network.setCacheDisabled', { cacheDisabled: true })
await page.goto('/tasks')
await page.getByRole('link', { name: 'Create primary OB cluster' }).waitFor()
const interactive = await evaluate(page, 'Math.round(performance.now())')

await page.goto(`/tasks/${task.id}`)
await page.getByRole('rowheader', { name: '10.0.0.1', exact: true }).waitFor()
const shown = await evaluate(page, 'Math.round(performance.now())')

await page.evaluate(watchLongTasks)
await page.evaluate(scrollDown)
const still = await evaluate(page, 'Math.round(window.longest)')

// Two hundred subtasks at work, as one worker has them, change while it is scrolled.
await page.evaluate('document.querySelector("[role=grid]").scrollTop = 0; window.longest = 0')
const wide = task.subtasks
  .filter(({ hostId }) => hostId !== null)
  .slice(0, 200)
  .map(({ id }) => id)
const scrolled = { over: false }
const change = async () => {
  for (let attempt = 1; !scrolled.over; attempt += 1) {
    const lastMessage = asIs(`attempt ${attempt} failed`)
    const state = { attempt, lastMessage, startTime: new Date() }
    await scene.api.db
      .update(subtasks)
      .set({ status: 'RUNNING', ...state })
      .where(inArray(subtasks.id, wide))
    await sleep(200)
  }
}
const changing = change()
for (let round = 0; round < 5; round += 1) {
  await page.evaluate(scrollDown)
  await page.evaluate('document.querySelector("[role=grid]").scrollTop = 0')
}
scrolled.over = true
await changing
const live = await evaluate(page, 'Math.round(window.longest)')
const heap = await evaluate(page, 'Math.round(performance.memory.usedJSHeapSize / 1e6)')

console.log(`first page: interactive after ${interactive} ms (goal ${goals.interactiveMs})`)
console.log(`run of ${hosts} hosts: shown after ${shown} ms (goal ${goals.runMs})`)
console.log(
  `scrolled from top to bottom: longest task ${still} ms, ${live} ms while 200 subtasks change (goal ${goals.longTaskMs})`,
)
console.log(`heap: ${heap} MB (goal ${goals.heapMb})`)
const missed =
  interactive > goals.interactiveMs ||
  shown > goals.runMs ||
  Math.max(still, live) > goals.longTaskMs ||
  heap > goals.heapMb
if (missed) process.exitCode = 1
await browser.close()
await scene.close()
await rm(folder, { recursive: true })
