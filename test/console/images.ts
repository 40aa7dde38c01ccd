import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setup } from '../support/emptyDatabase.ts'
import { launch, logIn, open } from './browser.ts'
import { admin, failAt, fill, openScene } from './scene.ts'

/**
 * The picture of a hundred hosts, of the real API and page over a made-up run. The others are of
 * real runs, in test/lab/console.test.ts; `make images` draws them all.
 */

const folder = join(import.meta.dirname, '../../docs/images')

await mkdir(folder, { recursive: true })
const made = await mkdtemp(join(tmpdir(), 'obflow-images-'))
await setup(made)
const scene = await openScene()
const browser = await launch()
const ids = await fill(scene, 200)
const { taskId } = await failAt(scene, ids.slice(0, 100), 'Do io bench')
const { page } = await open(browser, scene.base)
await page.goto(`/tasks/${taskId}`)
await logIn(page, ...admin)
await page.getByText('{EXECUTE}').waitFor()
await page.screenshot({ path: join(folder, 'hundred-hosts.png'), animations: 'disabled' })
await browser.close()
await scene.close()
await rm(made, { recursive: true })
