import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { z } from 'zod'

const axeFile = join(import.meta.dirname, '../../console/node_modules/axe-core/axe.min.js')

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: ['--no-sandbox'] })

export interface Visit {
  readonly language?: 'en-US' | 'zh-CN'
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  /** Reduced unless told: a click on what still moves may begin on a button and end beside it. */
  readonly motion?: 'reduce' | 'no-preference'
}

/** A window of its own: cookies and choices are its alone. */
export interface Window {
  readonly page: Page
  readonly context: BrowserContext
  /** What the browser complained of: errors, warnings of the policy, scripts that threw. */
  readonly complaints: string[]
}

export async function open(browser: Browser, base: string, visit: Visit = {}): Promise<Window> {
  const { language = 'en-US', theme = 'light', width = 1280, motion = 'reduce' } = visit
  const context = await browser.newContext({
    baseURL: base,
    locale: language,
    colorScheme: theme,
    reducedMotion: motion,
    viewport: { width, height: 900 },
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content.Security/i.test(message.text()))
      complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, context, complaints }
}

export async function logIn(page: Page, username: string, password: string): Promise<void> {
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await page.locator('button[type=submit]').click()
}

const violations = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullish(),
      nodes: z.array(
        z.object({ target: z.array(z.unknown()), failureSummary: z.string().optional() }),
      ),
    }),
  ),
})

const levels = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa'] }

/**
 * What axe finds serious or worse on the page as it stands, contrast included, or by these rules
 * alone.
 */
export async function seriousOf(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(await readFile(axeFile, 'utf8'))
  const runOnly = rules ? { type: 'rule', values: rules } : levels
  const options = JSON.stringify({ resultTypes: ['violations'], runOnly })
  const found: unknown = await page.evaluate(`axe.run(document, ${options})`)
  return violations
    .parse(found)
    .violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id} ${target.join(' ')}: ${failureSummary}`,
      ),
    )
}
