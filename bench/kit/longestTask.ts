import { writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { z } from 'zod'

/** What is read of a trace event; times in microseconds. Source: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU */
const event = z.object({
  ph: z.string(),
  name: z.string(),
  pid: z.number(),
  tid: z.number(),
  dur: z.number().optional(),
  tdur: z.number().optional(),
  args: z.object({ name: z.unknown() }).partial().optional(),
})
const trace = z.object({ traceEvents: z.array(event) })

export interface LongestTask {
  /** By the clock, with what other programs of the machine took in between. */
  readonly ms: number
  /** On a processor. */
  readonly cpuMs: number
  /** How many took more than 50 ms, by the clock: https://www.w3.org/TR/longtasks-1/ */
  readonly long: number
  /** What the page's main thread worked, of each second. */
  readonly busy: number
}

/** The longest task of the page's main thread while something goes on. */
export async function longestTask(
  page: Page,
  act: () => Promise<void>,
  file?: string,
): Promise<LongestTask> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('the page has no browser')
  const profiles = ['disabled-by-default-v8.cpu_profiler', 'devtools.timeline', 'v8.execute']
  const categories = ['toplevel', 'disabled-by-default-devtools.timeline']
  await browser.startTracing(page, {
    categories: file === undefined ? categories : [...categories, ...profiles],
  })
  const begun = performance.now()
  await act()
  const ms = performance.now() - begun
  const bytes = await browser.stopTracing()
  if (file !== undefined) await writeFile(file, bytes)
  const { traceEvents } = trace.parse(JSON.parse(bytes.toString()))
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && name === 'RunTask' && mains.has(`${pid} ${tid}`),
  )
  if (tasks.length === 0) throw new Error('Chromium traced no task of the page')
  const most = (of: (one: z.infer<typeof event>) => number): number =>
    Math.round(Math.max(...tasks.map(of)) / 1000)
  return {
    ms: most(({ dur = 0 }) => dur),
    cpuMs: most(({ tdur = 0 }) => tdur),
    long: tasks.filter(({ dur = 0 }) => dur > 50_000).length,
    busy: tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000 / ms,
  }
}
