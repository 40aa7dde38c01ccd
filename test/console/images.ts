import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setup } from '../support/emptyDatabase.ts'
import { launch, logIn, open, type Visit } from './browser.ts'
import { admin, failAt, fill, openScene, type Scene } from './scene.ts'

/** `make images`: the pictures of README.md, of the real API and page over made-up runs. */

const folder = join(import.meta.dirname, '../../docs/images')

interface Picture extends Visit {
  readonly name: string
  readonly hosts: number
  readonly stage: string
  readonly path: (taskId: number) => string
}

const run = (query: string) => (taskId: number) => `/tasks/${taskId}${query}`
const pictures: readonly Picture[] = [
  { name: 'one-host', hosts: 1, stage: 'Do io bench', path: run('') },
  { name: 'failed', hosts: 3, stage: 'Do io bench', path: run('') },
  { name: 'dark', hosts: 3, stage: 'Do io bench', path: run(''), theme: 'dark' },
  { name: 'timeline', hosts: 3, stage: 'Do io bench', path: run('?view=timeline') },
  { name: 'hundred-hosts', hosts: 100, stage: 'Do io bench', path: run('') },
  { name: 'create', hosts: 9, stage: 'Do io bench', path: () => '/clusters/new' },
]

async function draw(scene: Scene, picture: Picture, browser: Awaited<ReturnType<typeof launch>>) {
  const { name, hosts, stage, path, theme = 'light' } = picture
  const ids = await fill(scene, hosts * 2)
  const { taskId } = await failAt(scene, ids.slice(0, hosts), stage)
  const { page, context } = await open(browser, scene.base, { theme, width: 1360 })
  await page.goto(path(taskId))
  await logIn(page, ...admin)
  await page.getByRole('heading', { level: 1 }).waitFor()
  if (name === 'create') {
    await page.getByRole('radio').first().check()
    await page.getByRole('button', { name: 'Next' }).click()
  } else await page.getByText('{EXECUTE}').waitFor()
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
  await context.close()
}

await mkdir(folder, { recursive: true })
const made = await mkdtemp(join(tmpdir(), 'obflow-images-'))
await setup(made)
const scene = await openScene()
const browser = await launch()
for (const picture of pictures) await draw(scene, picture, browser)
await browser.close()
await scene.close()
await rm(made, { recursive: true })
