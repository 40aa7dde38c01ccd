import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/api/auth/password.ts'
import { sample } from '../../src/cli/topology/sample.ts'
import { Secret } from '../../src/quote.ts'
import { readTopology } from '../../src/topology/index.ts'
import { rpmFile } from '../api/rpmFile.ts'
import { launch, logIn, open, seriousOf, type Visit, type Window } from './browser.ts'
import { admin, cause, failAt, fill, openScene, type Scene, viewer } from './scene.ts'

let scene: Scene
let browser: Browser
let run: Awaited<ReturnType<typeof failAt>>
const windows: Window[] = []
beforeAll(async () => {
  scene = await openScene()
  browser = await launch()
  const ids = await fill(scene, 5)
  run = await failAt(scene, ids.slice(0, 3), 'Do io bench')
})
afterAll(async () => {
  await browser?.close()
  await scene?.close()
})
/** No page may complain, whatever a test does with it. */
afterEach(async () => {
  const complaints = windows.flatMap((window) => window.complaints)
  for (const { context } of windows.splice(0)) await context.close()
  expect(complaints).toEqual([])
})

async function visit(path: string, who: readonly [string, string] = admin, how: Visit = {}) {
  const window = await open(browser, scene.base, how)
  windows.push(window)
  const { page, complaints } = window
  await page.goto(path)
  await logIn(page, ...who)
  await page.getByRole('navigation').waitFor()
  // That nobody was logged in is what the browser tells of the first look.
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/401/.test(text)))
  return page
}

describe('login', () => {
  test('a wrong password is told, a right one opens the page that was asked for', async () => {
    const window = await open(browser, scene.base)
    windows.push(window)
    const { page, complaints } = window
    await page.goto('/packages')
    await logIn(page, 'admin', 'wrong')
    await page.getByText('IAM10004').waitFor()
    await logIn(page, ...admin)
    await page.getByRole('heading', { name: 'Packages' }).waitFor()
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !/401/.test(text)))
  })

  test('logging out ends the session for the API too', async () => {
    const page = await visit('/tasks')
    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByText('Log out').click()
    await page.getByRole('heading', { name: 'Log in to obflow' }).waitFor()
    const status = await page.evaluate('fetch("/api/v2/tasks/instances").then((r) => r.status)')
    expect(status).toBe(401)
    windows[0]?.complaints.splice(0)
  })
})

describe('a run that failed', () => {
  test('shows advice before the cause, its log, and no button to a viewer', async () => {
    const page = await visit(`/tasks/${run.taskId}`, viewer)
    const failures = page.getByRole('region', { name: '1 failed' })
    const text = (await failures.textContent()) ?? ''
    expect(text).toContain(cause.message)
    expect(text.indexOf(cause.advice)).toBeLessThan(text.indexOf(cause.message))
    await page.getByRole('region', { name: 'Log' }).getByText('{EXECUTE}').waitFor()
    for (const name of ['Retry', 'Skip', 'Roll back', 'Retry failed'])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
    const status = await page.evaluate(
      `fetch("/api/v2/tasks/instances/${run.taskId}/retry", { method: "POST" }).then((r) => r.status)`,
    )
    expect(status).toBe(403)
    windows[0]?.complaints.splice(0)
  })

  test('draws the graph, the time line and the matrix by the keyboard as by the mouse', async () => {
    const page = await visit(`/tasks/${run.taskId}`)
    await page.locator('.react-flow__node-step').first().waitFor()
    expect(await page.locator('.react-flow__node-step').count()).toBe(23 + 12)
    await page.locator('.react-flow__node-step').first().focus()
    await page.keyboard.press('Enter')
    await page
      .getByRole('region', { name: 'Details of the chosen node' })
      .getByText('Prepare install cluster')
      .waitFor()
    await page.getByText('Timeline', { exact: true }).click()
    await page.getByRole('heading', { name: /Critical path/ }).waitFor()
    await page.getByText('Matrix', { exact: true }).click()
    const grid = page.getByRole('grid')
    for (const name of ['10.0.0.1', '10.0.0.2', '10.0.0.3'])
      await grid.getByRole('rowheader', { name, exact: true }).waitFor()
  })

  test('is rolled back only after what would be removed was shown', async () => {
    const page = await visit(`/tasks/${run.taskId}`)
    await page.getByRole('button', { name: 'Roll back' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('/home/admin/oceanbase').first().waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'hidden' })
  })

  test('is retried from the page, which shows it without being loaded again', async () => {
    const page = await visit(`/tasks/${run.taskId}`)
    const failures = page.getByRole('region', { name: '1 failed' })
    await failures.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
    await failures.waitFor({ state: 'detached' })
    const task = await scene.api.store.tasks.get(run.taskId)
    expect(task?.subtasks.find(({ id }) => id === run.failedId)).toMatchObject({
      status: 'READY',
      operation: 'RETRY',
      runTime: 2,
    })
  })
})

describe('packages', () => {
  test('an upload of 56 MB is shown with its progress, and its package afterwards', async () => {
    const page = await visit('/packages')
    // As over a line of 160 Mbit/s: here it would be over before it is drawn.
    const line = await page.context().newCDPSession(page)
    const speed = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2e7 }
    await line.send('Network.emulateNetworkConditions', speed)
    const name = 'oceanbase-3.2.4.1-101000052023010822.el7.x86_64.rpm'
    const parts = { name: 'oceanbase', version: '3.2.4.1', release: '101000052023010822.el7' }
    await using folder = await mkdtempDisposable(join(tmpdir(), 'obflow-upload-'))
    const file = join(folder.path, name)
    await writeFile(file, rpmFile({ ...parts, arch: 'x86_64' }, 56_000_000))
    await page.setInputFiles('input[type=file]', file)
    const upload = page.getByRole('listitem', { name })
    await upload.getByText(/^\d+ % of 53\.\d MiB$/).waitFor()
    await upload.getByText('Uploaded').waitFor()
    await page.getByRole('cell', { name: '3.2.4.1-101000052023010822', exact: true }).waitFor()
  })

  test('an upload is canceled', async () => {
    const page = await visit('/packages')
    await page.route('**/software-packages', () => {
      // Never goes on: it is under way until it is canceled.
    })
    const file = { name: 'a.rpm', mimeType: 'application/x-rpm', buffer: Buffer.alloc(1000) }
    await page.setInputFiles('input[type=file]', file)
    const line = page.getByRole('listitem', { name: 'a.rpm' })
    await line.getByRole('button', { name: 'Cancel' }).click()
    await line.getByText('Canceled').waitFor()
  })
})

describe('creating a cluster', () => {
  test('goes from a package to what the API finds, mended on the way, to its run', async () => {
    const page = await visit('/clusters/new')
    await page.getByRole('radio').first().check()
    await page.getByRole('button', { name: 'Next' }).click()
    for (const zone of ['zone2', 'zone3'])
      await page.getByRole('button', { name: `Remove zone ${zone}` }).click()
    await page.getByRole('combobox', { name: 'Hosts of zone1' }).click()
    await page.getByTitle('10.0.0.4').click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Cluster name').fill('second')
    await page.getByLabel('Password of root@sys').fill('a-Password-9')
    await page.getByLabel('SQL port').fill('2882')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText(/must be mended first/).waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByLabel('SQL port').fill('2881')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Nothing speaks against this cluster.').waitFor()
    await page.getByRole('button', { name: 'Create cluster' }).click()
    await page.getByRole('heading', { name: 'Create primary OB cluster' }).waitFor()
    const { data } = await scene.api.get('/api/v2/ob/clusters?name=second')
    expect(data).toMatchObject({ contents: [{ name: 'second', status: 'CREATING' }] })
  })

  /** Fills in the form, and saves it as the menu has it. */
  async function saved(page: Page, kind: string): Promise<{ name: string; text: string }> {
    await page.getByRole('radio').first().check()
    await page.getByRole('button', { name: 'Next' }).click()
    for (const zone of ['zone2', 'zone3'])
      await page.getByRole('button', { name: `Remove zone ${zone}` }).click()
    await page.getByRole('combobox', { name: 'Hosts of zone1' }).click()
    await page.getByTitle('10.0.0.5').click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Cluster name').fill('third')
    await page.getByLabel('Password of root@sys').fill('a-Password-9')
    await page.getByLabel('SQL port').fill('3881')
    await page.getByRole('button', { name: 'Add parameter' }).click()
    await page.getByRole('combobox', { name: 'Parameter' }).fill('memory_limit')
    await page.getByRole('textbox', { name: 'Value' }).fill('16G')
    await page.getByRole('button', { name: 'Save as file' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: kind }).click(),
    ])
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
  }
  const load = (page: Page, name: string, text: string) =>
    page.setInputFiles('input[aria-label="Load file"]', {
      name,
      mimeType: 'text/plain',
      buffer: Buffer.from(text),
    })
  /** What a form asks to be checked, once it has a password. */
  async function checked(page: Page): Promise<unknown> {
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Password of root@sys').fill('a-Password-9')
    const [posted] = await Promise.all([
      page.waitForRequest(/clusters\?dryRun=true/),
      page.getByRole('button', { name: 'Next' }).click(),
    ])
    return posted.postDataJSON()
  }

  test.each([
    ['As JSON', 'third.json'],
    ['As YAML', 'third.yaml'],
  ])('a form is saved without its password and loaded again: %s', async (kind, name) => {
    const file = await saved(await visit('/clusters/new'), kind)
    expect(file.name).toBe(name)
    expect(file.text).not.toContain('a-Password-9')

    const other = await visit('/clusters/new')
    await load(other, file.name, file.text)
    expect(await checked(other)).toEqual({
      type: 'PRIMARY',
      name: 'third',
      password: 'a-Password-9',
      rpmName: expect.stringMatching(/^oceanbase-.*\.rpm$/),
      primaryZone: '',
      zones: [{ name: 'zone1', idcName: 'hz2', servers: [5] }],
      attributes: { sqlPort: 3881 },
      startupParameters: [{ name: 'memory_limit', value: '16G' }],
    })
  })

  test('the topology file that is saved is one for obflow apply', async () => {
    const { name, text } = await saved(await visit('/clusters/new'), 'As YAML')
    expect(readTopology(name, text)).toMatchObject({
      packages: [expect.stringMatching(/^oceanbase-/)],
      cluster: {
        name: 'third',
        password: 'prompt',
        ports: { sql: 3881 },
        parameters: { memory_limit: '16G' },
        zones: [{ name: 'zone1', idc: 'hz2', hosts: ['10.0.0.5'] }],
      },
    })
  })

  test('a file that names strangers is loaded without them, and one that is none is told line by line', async () => {
    const page = await visit('/clusters/new')
    await load(page, 'sample.yaml', sample)
    const missing = page.getByRole('dialog')
    await missing.getByText('10.0.0.13').waitFor()
    await missing.getByText('oceanbase-ce-4.2.1.8-108000022024072217.el7.x86_64.rpm').waitFor()
    await missing.getByRole('button', { name: 'OK' }).click()
    await load(page, 'none.yaml', 'packages: []\ncluster:\n  nme: third\n')
    await page.getByRole('dialog').getByText('none.yaml:3:3: cluster.nme is unknown').waitFor()
  })
})

describe('a host', () => {
  test('shows its tasks, and is logged in to with another login once that was asked', async () => {
    const page = await visit('/hosts')
    await page
      .getByRole('row', { name: /10\.0\.0\.4 / })
      .getByRole('button', { name: 'Expand row' })
      .click()
    const host = page.getByRole('region', { name: '10.0.0.4', exact: true })
    await host.getByRole('link', { name: 'Prepare host' }).waitFor()
    await host.getByLabel('Use another login').click()
    await page.locator('.ant-select-dropdown:visible').getByTitle('root').click()
    const dialog = page.getByRole('dialog', { name: 'Log in to 10.0.0.4 with root?' })
    const [asked] = await Promise.all([
      page.waitForResponse(/compute\/hosts\/\d+$/),
      dialog.getByRole('button', { name: 'Use another login' }).click(),
    ])
    expect([asked.request().method(), asked.status()]).toEqual(['PATCH', 200])
    await dialog.waitFor({ state: 'detached' })
  })
})

describe('the audit', () => {
  test('says field by field what a call changed, and what it took away', async () => {
    const username = 'promoted'
    const made = await scene.api.store.users.create({
      username,
      passwordHash: await hashPassword(new Secret('Promoted-1')),
      roles: ['CLUSTER_VIEWER'],
    })
    const page = await visit('/users')
    await page.getByRole('combobox', { name: `Change roles: ${username}` }).click()
    const choices = page.locator('.ant-select-dropdown:visible')
    // Two, and in one call: the second is chosen while the first would be on its way.
    await choices.getByTitle('HOST_VIEWER').click()
    await choices.getByTitle('HOST_MANAGER').click()
    const [set] = await Promise.all([
      page.waitForResponse(/iam\/users\/\d+\/roles$/),
      page.keyboard.press('Escape'),
    ])
    expect([set.request().method(), set.status()]).toEqual(['PUT', 200])
    await page.getByRole('button', { name: `Delete: ${username}` }).click()
    const [gone] = await Promise.all([
      page.waitForResponse((reply) => reply.request().method() === 'DELETE'),
      page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click(),
    ])
    expect(gone.status()).toBe(200)
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.goto('/audit')
    const fieldsOf = async (call: string): Promise<string[]> => {
      const line = page.getByRole('row', { name: new RegExp(`${call} .*/users/${made?.id}`) })
      await line.getByRole('button', { name: 'Expand row' }).click()
      const changed = page.getByRole('table', { name: 'What was changed' })
      await changed.waitFor()
      const fields = await changed.getByRole('row').allInnerTexts()
      await line.getByRole('button', { name: 'Collapse row' }).click()
      return fields.slice(1)
    }
    expect(await fieldsOf('setUserRoles')).toEqual([
      'Roles\tCLUSTER_VIEWER\tCLUSTER_VIEWER, HOST_VIEWER, HOST_MANAGER',
    ])
    expect(await fieldsOf('deleteUser')).toEqual([
      'User name\tpromoted\twas not there',
      'Roles\tCLUSTER_VIEWER, HOST_VIEWER, HOST_MANAGER\twas not there',
    ])
    await page.getByLabel('Filter by user').fill('nobody')
    await page.keyboard.press('Enter')
    await page.getByText('This user has called nothing.').waitFor()
  })
})

describe('everybody', () => {
  test.each<Visit>([
    { language: 'zh-CN', theme: 'dark' },
    { language: 'en-US', theme: 'light' },
  ])('reads in the language and theme of the browser, and may choose another: %o', async (how) => {
    const page = await visit('/tasks', admin, how)
    const chinese = how.language === 'zh-CN'
    await page.getByRole('heading', { name: chinese ? '任务' : 'Tasks' }).waitFor()
    expect(await page.locator('html').getAttribute('data-theme')).toBe(how.theme)
    await page.getByRole('button', { name: chinese ? 'English' : '中文' }).click()
    await page.getByRole('heading', { name: chinese ? 'Tasks' : '任务' }).waitFor()
    await page
      .getByRole('link', { name: chinese ? 'Create primary OB cluster' : '创建' })
      .first()
      .waitFor()
  })

  test.each([
    { motion: 'no-preference', moves: true },
    { motion: 'reduce', moves: false },
  ] as const)('sees dialogs grow unless the browser asks for less motion: $motion', async (how) => {
    const page = await visit('/users', admin, how)
    await page.evaluate(`{
      window.grown = []
      addEventListener('animationstart', (event) => window.grown.push(event.target.className))
    }`)
    await page.getByRole('button', { name: `Delete: ${viewer[0]}` }).click()
    await page.getByRole('dialog').waitFor()
    const grew = await page.evaluate(`(async () => {
      const grew = () => window.grown.some((name) => /ant-modal/.test(name))
      for (let frame = 0; frame < 60 && !grew(); frame += 1)
        await new Promise(requestAnimationFrame)
      return grew()
    })()`)
    expect(grew).toBe(how.moves)
  })

  const paths = () => [
    '/tasks',
    `/tasks/${run.taskId}`,
    `/tasks/${run.taskId}?view=timeline`,
    `/tasks/${run.taskId}?view=matrix`,
    '/clusters',
    '/clusters/1',
    '/clusters/new',
    '/hosts',
    '/hosts/logins',
    '/hosts/places',
    '/packages',
    '/obproxy',
    '/users',
    '/profile',
    '/audit',
    '/nowhere',
  ]
  // The themes differ in colours alone, so in the dark axe looks at those alone.
  test('axe finds nothing serious on any page', async () => {
    const page = await visit('/tasks', admin)
    const found: string[] = []
    for (const path of paths()) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('load')
      found.push(...(await seriousOf(page)).map((each) => `${path}: ${each}`))
    }
    expect(found).toEqual([])
  }, 180_000)

  test('nothing is wider than a window of 320 pixels, and in the dark all can be read', async () => {
    const narrow = { width: 320, height: 900 }
    const page = await visit('/tasks', admin, { width: narrow.width, theme: 'dark' })
    const found: string[] = []
    for (const path of paths()) {
      await page.setViewportSize(narrow)
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const width = await page.evaluate('document.documentElement.scrollWidth')
      expect([path, width]).toEqual([path, narrow.width])
      await page.setViewportSize({ ...narrow, width: 1280 })
      // Two frames later the page has been drawn at its new size.
      await page.evaluate(
        'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))',
      )
      await page.waitForLoadState('load')
      const seen = await seriousOf(page, ['color-contrast'])
      found.push(...seen.map((each) => `${path}: ${each}`))
    }
    expect(found).toEqual([])
  }, 180_000)
})
