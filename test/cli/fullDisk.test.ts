import { execFile } from 'node:child_process'
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../src/freePort.ts'
import { form, rpmFile } from '../api/rpmFile.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { type Program, startProgram } from '../support/program.ts'

const run = promisify(execFile)
const password = 'Full-disk-88'
const reply = z.object({ error: z.object({ code: z.string(), message: z.string() }).optional() })
const ready = z.object({ status: z.string(), store: z.string() })

/** Writes zeros into a file until the disk takes no more. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (const size of [1024 * 1024, 4096])
      for (;;) {
        const written = await file.write(Buffer.alloc(size)).catch(() => undefined)
        if (!written?.bytesWritten) break
      }
  } finally {
    await file.close()
  }
}

describe('obflow serve on a disk that is full', { timeout: 240_000 }, () => {
  let dir: string
  let program: Program
  let url: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'obflow-full-'))
    await run('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=700', 'tmpfs', dir])
    await placeEmptyDatabase(dir)
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const env = {
      OBFLOW_DATA_DIR: dir,
      OBFLOW_LISTEN: `127.0.0.1:${port}`,
      OBFLOW_ADMIN_PASSWORD: password,
    }
    program = startProgram(join('src', 'cli.ts'), env, ['serve'])
    while (!program.printed.includes('Ctrl-C')) {
      if (!program.running) throw new Error(program.said)
      await pause(100)
    }
  }, 180_000)
  afterAll(async () => {
    await program?.close()
    await run('umount', ['-l', dir])
    await rmdir(dir)
  })

  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`
  const post = async (path: string, body: string | Uint8Array<ArrayBuffer>, type: string) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      body,
      headers: { authorization, 'content-type': type },
    })
    return { status: answer.status, ...reply.parse(await answer.json()) }
  }
  const region = (index: number) =>
    post(
      '/api/v2/compute/regions',
      JSON.stringify({ name: `parameter-${index}-${'x'.repeat(40)}` }),
      'application/json',
    )
  const upload = () => {
    const rpm = rpmFile(
      { name: 'oceanbase', version: '2.2.73', release: '1.el7', arch: 'x86_64' },
      8_000_000,
    )
    const { body, headers } = form('oceanbase-2.2.73-1.el7.x86_64.rpm', rpm)
    return post('/api/v2/software-packages', new Uint8Array(body), headers['content-type'])
  }
  const readiness = async () => {
    const answer = await fetch(`${url}/readyz`)
    return { code: answer.status, ...ready.parse(await answer.json()) }
  }

  it('answers uploads and writes 503 with the cause, says so in /readyz, and goes on when there is room', async () => {
    const filler = join(dir, 'filler')
    await fill(filler)
    expect(await upload()).toMatchObject({
      status: 503,
      error: { message: expect.stringContaining('no space is left') },
    })
    let index = 0
    let refused = await region(index)
    while (refused.status === 200 && index < 2000) refused = await region(++index)
    expect(refused).toMatchObject({
      status: 503,
      error: { message: expect.stringContaining('no space is left') },
    })
    const health = await fetch(`${url}/healthz`)
    expect(health.status).toBe(200)
    expect(await readiness()).toMatchObject({ code: 503, status: 'bad', store: 'full' })

    await rm(filler)
    expect(await region(index)).toMatchObject({ status: 200 })
    expect(await upload()).toMatchObject({ status: 200 })
    let now = await readiness()
    while (now.store !== 'okay') {
      await pause(200)
      now = await readiness()
    }
    expect(program.said).not.toMatch(/parameter-|insert into|params:/i)
    expect(await program.stop()).toBe(0)
  })
})
