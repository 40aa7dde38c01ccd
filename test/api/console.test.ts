import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openApi, type TestApi } from './server.ts'

const html = (nonce = 'obflow-nonce') =>
  `<!doctype html><title>console</title><meta nonce="${nonce}"><script type="module" src="/assets/a-1b.js">`
const script = 'console.log("here")'
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the console', () => {
  let folder: string
  let api: TestApi
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'obflow-console-'))
    await mkdir(join(folder, 'dist/assets'), { recursive: true })
    await writeFile(join(folder, 'dist/index.html'), html())
    await writeFile(join(folder, 'dist/icon.svg'), '<svg/>')
    await writeFile(join(folder, 'dist/assets/a-1b.js'), script)
    await writeFile(join(folder, 'dist/assets/a-1b.js.br'), brotliCompressSync(script))
    await writeFile(join(folder, 'secret.txt'), 'not for the world')
    api = await openApi({ consoleDir: join(folder, 'dist') })
  })
  afterAll(async () => {
    await api.close()
    await rm(folder, { recursive: true })
  })
  const get = (url: string, headers: Record<string, string> = {}) =>
    api.app.inject({ url, headers })

  test.each(['/', '/tasks/5', '/clusters/new?from=1', '/a.b/c'])(
    'answers a browser that goes to %s with its page, without a login',
    async (url) => {
      const reply = await get(url, browser)
      const policy = String(reply.headers['content-security-policy'])
      const nonce = /style-src 'self' 'nonce-([^']{24})'/.exec(policy)?.[1]
      expect([reply.statusCode, reply.body]).toEqual([200, html(nonce)])
      expect((await get(url, browser)).headers['content-security-policy']).not.toBe(policy)
      expect(reply.headers).toMatchObject({
        'content-type': expect.stringContaining('text/html'),
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
      })
      expect(policy).toMatch(/^default-src 'self'; /)
      expect(policy).not.toMatch(/script-src|https?:|unsafe/)
      expect(reply.headers['set-cookie']).toBeUndefined()
    },
  )

  test.each(['/api', '/api/v2/nothing', '/api/v2/ob/clusters', '/services/x', '/healthz/x'])(
    'answers nothing at %s, where calls are',
    async (url) => {
      expect((await get(url, browser)).statusCode).toBe(401)
    },
  )

  test('leaves scripts, and what changes something, to the API', async () => {
    expect((await get('/tasks/5', { accept: 'application/json' })).statusCode).toBe(401)
    const posted = await api.app.inject({ method: 'POST', url: '/tasks/5', headers: browser })
    expect(posted.statusCode).toBe(401)
  })

  test('gives files with a hash in their names for ever, and as they were compressed', async () => {
    const plain = await get('/assets/a-1b.js')
    expect([plain.statusCode, plain.body]).toEqual([200, script])
    expect(plain.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': expect.stringContaining('javascript'),
      vary: 'accept-encoding',
    })
    const small = await get('/assets/a-1b.js', { 'accept-encoding': 'gzip, br' })
    expect(small.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(small.rawPayload).toString()).toBe(script)
    expect((await api.app.inject({ method: 'HEAD', url: '/assets/a-1b.js' })).statusCode).toBe(200)
    expect((await get('/icon.svg')).headers['cache-control']).toBe('no-cache')
    const known = { 'if-none-match': String(plain.headers.etag) }
    expect((await get('/assets/a-1b.js', known)).statusCode).toBe(304)
  })

  test.each(['/assets/none.js', '/assets/../index.html', '/assets/%2e%2e/%2e%2e/secret.txt'])(
    'gives nothing at %s',
    async (url) => {
      const { statusCode, body } = await get(url)
      expect([401, 403, 404]).toContain(statusCode)
      expect(body).not.toContain('not for the world')
    },
  )
})

test('a console that is not built says how it is', async () => {
  const api = await openApi({ consoleDir: join(tmpdir(), 'obflow-no-console') })
  try {
    const reply = await api.app.inject({ url: '/tasks/5', headers: browser })
    expect(reply.headers['content-type']).toContain('text/html')
    expect(reply.body).toContain('make setup')
  } finally {
    await api.close()
  }
})

test('a console that is switched off is not there', async () => {
  const api = await openApi()
  try {
    expect((await api.app.inject({ url: '/', headers: browser })).statusCode).toBe(401)
  } finally {
    await api.close()
  }
  expect(readConfig({ OBFLOW_CONSOLE: 'off' }).consoleDir).toBeUndefined()
  expect(readConfig({}).consoleDir).toMatch(/\/console\/dist$/)
})
