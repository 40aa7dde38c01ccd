import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TransientError } from '../../src/errors/failure.ts'
import type { Upload } from '../../src/host/index.ts'
import { sh } from '../../src/quote.ts'
import { createTestHosts, failureOf } from './hosts.ts'
import { startSshd, type TestSshd } from './sshd.ts'

let sshd: TestSshd
const { pool, host, lines } = createTestHosts()

beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

const file = (name: string, sizeBytes: number): Upload => {
  const content = randomBytes(sizeBytes)
  const from = join(sshd.directory, 'files', name)
  writeFileSync(from, content)
  return {
    from,
    to: `/run/packages/it's ${name}`,
    sha256: createHash('sha256').update(content).digest('hex'),
    sizeBytes,
  }
}

const digestOn = async (upload: Upload): Promise<string> =>
  (await host(sshd.access()).must(sh`sha256sum < ${upload.to}`)).slice(0, 64)

const sendings = (): number => lines.filter((line) => line.includes('] upload ')).length

test('a file arrives whole, and is not sent again', async () => {
  const upload = file('big.rpm', 8_000_000)
  const sent: number[] = []
  await host(sshd.access()).upload({ ...upload, progress: (bytes) => sent.push(bytes) })
  expect(await digestOn(upload)).toBe(upload.sha256)
  expect(sent.at(-1)).toBe(upload.sizeBytes)
  const before = sendings()
  await host(sshd.access()).upload(upload)
  expect(sendings()).toBe(before)
})

test('an empty file arrives', async () => {
  const upload = file('empty', 0)
  await host(sshd.access()).upload(upload)
  expect(await digestOn(upload)).toBe(upload.sha256)
})

test('a file that is not what was promised is refused and leaves nothing', async () => {
  const upload = { ...file('wrong.rpm', 1000), sha256: '0'.repeat(64) }
  expect(await failureOf(host(sshd.access()).upload(upload))).toMatchObject({
    kept: { code: 'TSK10006' },
  })
  expect(await host(sshd.access()).must(sh`ls -A /run/packages | grep -c wrong || true`)).toBe(
    '0\n',
  )
})

test('a connection cut while sending is transient, and the next attempt sends the whole file', async () => {
  const upload = file('cut.rpm', 64_000_000)
  let cut = false
  const progress = () => {
    if (!cut) sshd.cut()
    cut = true
  }
  const error = await failureOf(host(sshd.access(), { key: 'cut' }).upload({ ...upload, progress }))
  expect(error).toBeInstanceOf(TransientError)
  await host(sshd.access(), { key: 'cut' }).upload(upload)
  expect(await digestOn(upload)).toBe(upload.sha256)
  expect(await host(sshd.access()).must(sh`ls -A /run/packages | grep -c obflow || true`)).toBe(
    '0\n',
  )
})

test('an abort while sending ends the upload and leaves nothing under its name', async () => {
  const upload = file('aborted.rpm', 64_000_000)
  const abort = new AbortController()
  const progress = () => abort.abort(new Error('cancelled'))
  expect(
    await failureOf(host(sshd.access(), { signal: abort.signal }).upload({ ...upload, progress })),
  ).toMatchObject({
    message: 'cancelled',
  })
  await host(sshd.access()).must(sh`[ ! -e ${upload.to} ]`)
})

test('a disk without room says so', async () => {
  await host(sshd.access()).must(
    sh`mkdir -p /run/small && mount -t tmpfs -o size=1m none /run/small`,
  )
  const upload = { ...file('fat.rpm', 4_000_000), to: '/run/small/fat.rpm' }
  expect(await failureOf(host(sshd.access()).upload(upload))).toMatchObject({
    message: expect.stringContaining('No space left'),
    kept: {
      advice: 'free space on the file system of /run/small there (see df /run/small), then retry',
    },
  })
})
