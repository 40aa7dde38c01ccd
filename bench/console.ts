import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setInterval as ticks } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { launch, logIn, open } from '../test/console/browser.ts'
import { accept, admin, fill, openScene } from '../test/console/scene.ts'
import { setup } from '../test/support/emptyDatabase.ts'
import { longestTask } from './kit/longestTask.ts'

// The console in Chromium: how soon its first page can be used, and a run of the largest known
// width, at rest and while its subtasks change, in each view. API, store and browser share this
// machine. Needs Debian's Chromium and `make console`.

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '1554' },
    changes: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '12' },
    /** A folder for profiles, which Chromium's DevTools open. */
    profiles: { type: 'string' },
  },
})
const hosts = Number(values.hosts)
const rate = Number(values.changes)
const goals = { interactiveMs: 1000, runMs: 2000, longTaskMs: 100, heapMb: 300 }

const number = z.number()
const evaluate = async (page: Page, script: string): Promise<number> =>
  number.parse(await page.evaluate(script))

/** From the top to the bottom in steps of a wheel, a frame each. */
const scrollDown = `new Promise((done) => {
  const grid = document.querySelector('[role=grid]')
  grid.scrollTop = 0
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
if (values.profiles !== undefined) await mkdir(values.profiles, { recursive: true })
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
console.log(`first page: interactive after ${interactive} ms (goal ${goals.interactiveMs})`)
console.log(`run of ${hosts} hosts: shown after ${shown} ms (goal ${goals.runMs})`)

const wide = task.subtasks.filter(({ hostId }) => hostId !== null).map(({ id }) => id)
const inTurn = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => wide[(from + at) % wide.length] ?? 0)

/** Half of the changes start a subtask of some host, half end one that started 2 s before. */
async function change(seconds: number): Promise<number> {
  const tickMs = 100
  const share = Math.round((rate * tickMs) / 2000)
  const begun = performance.now()
  let made = 0
  for await (const _ of ticks(tickMs)) {
    if (performance.now() - begun >= seconds * 1000) break
    // As many as the clock asks for, also after a tick that came late.
    const due = Math.floor((performance.now() - begun) / tickMs) * share - made
    const started = sql.param(inTurn(made, due))
    const ended = sql.param(inTurn(Math.max(0, made - 20 * share), due))
    await scene.api.db.execute(sql`
      with task as (update tasks set revision = revision + 1 where id = ${task.id} returning revision)
      update subtasks set revision = task.revision,
        status = case when subtasks.id = any(${started}::int[]) then 'RUNNING' else 'SUCCESSFUL' end,
        start_time = case when subtasks.id = any(${started}::int[]) then now() else start_time end,
        finish_time = case when subtasks.id = any(${started}::int[]) then null else now() end
      from task
      where subtasks.id = any(${started}::int[])
        or (subtasks.id = any(${ended}::int[]) and status = 'RUNNING')`)
    made += due
  }
  return (made * 2) / seconds
}

let missed = interactive > goals.interactiveMs || shown > goals.runMs
async function measure(name: string, act: () => Promise<number | undefined>): Promise<void> {
  const file = values.profiles && join(values.profiles, `${name.replaceAll(' ', '-')}.json`)
  let told = ''
  const { ms, cpuMs, long, busy } = await longestTask(
    page,
    async () => {
      const changed = await act()
      if (typeof changed === 'number') told = `, ${Math.round(changed)} changes a second`
    },
    file,
  )
  const load = loadavg()[0]?.toFixed(1)
  console.log(
    `${name}${told}: longest task ${ms} ms (goal ${goals.longTaskMs}), ${cpuMs} ms of processor; ${long} over 50 ms; the page works ${Math.round(busy * 100)} % of the time; the machine's load is ${load}`,
  )
  missed ||= ms > goals.longTaskMs
}

const scrolled = async (): Promise<undefined> => {
  await page.evaluate(scrollDown)
}
const seconds = Number(values.seconds)
await measure('matrix scrolled', scrolled)
await measure('matrix scrolled and changing', async () => {
  let over = false
  const changing = change(seconds).finally(() => {
    over = true
  })
  while (!over) await scrolled()
  return changing
})
for (const view of ['timeline', 'graph']) {
  await page.goto(`/tasks/${task.id}?view=${view}`)
  await page
    .locator(view === 'graph' ? '.react-flow__node' : '.timeline')
    .first()
    .waitFor()
  await measure(`${view} changing`, () => change(seconds))
}
const heap = await evaluate(page, 'Math.round(performance.memory.usedJSHeapSize / 1e6)')
console.log(`heap: ${heap} MB (goal ${goals.heapMb})`)
if (missed || heap > goals.heapMb) process.exitCode = 1
await browser.close()
await scene.close()
await rm(folder, { recursive: true })
