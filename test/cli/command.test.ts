import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'

const program = resolve(import.meta.dirname, '../../src/cli.ts')

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const obflow = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((done) => {
    const child = execFile(process.execPath, [program, ...args], { env }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })

/** An API that refuses every call in the same way. */
async function refusing(status: number, code: string, message: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ successful: false, status, timestamp: new Date().toISOString(), error: { code, message } }))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`
}

describe('the obflow command', () => {
  test('lists what it can do', async () => {
    const { code, stdout } = await obflow(['help'])
    expect(code).toBe(0)
    for (const command of ['serve', 'watch', 'reseal', 'help']) expect(stdout).toContain(`obflow ${command}`)
  })

  test.each([
    [[], 'Say what to do.'],
    [['destroy'], 'obflow knows no "destroy".'],
    [['watch'], 'obflow watch takes one task id.'],
    [['watch', 'x'], 'A task id is a number, not "x".'],
    [['watch', '1', '--fast'], "Unknown option '--fast'"],
    [['watch', '1'], 'Set OBFLOW_PASSWORD'],
    [['reseal'], 'reseal needs DATABASE_URL'],
  ])('says what is wrong with %j, and how it is used', async (args, message) => {
    const { code, stderr } = await obflow(args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('obflow watch <task id>')
  })

  test('says that nothing answers, and where it asked', async () => {
    const { code, stderr } = await obflow(['watch', '1'], { OBFLOW_PASSWORD: 'x', OBFLOW_URL: 'http://127.0.0.1:1' })
    expect(code).toBe(1)
    expect(stderr).toBe('No answer from the API at http://127.0.0.1:1. Is obflow running there? OBFLOW_URL says where to look.\n')
  })

  test('says that the password is wrong, without repeating it', async () => {
    const url = await refusing(401, 'COM10008', 'unauthorized')
    const { code, stderr } = await obflow(['watch', '1'], { OBFLOW_PASSWORD: 'wrong-one', OBFLOW_URL: url })
    expect(code).toBe(1)
    expect(stderr).toContain('refuses this user or password')
    expect(stderr).not.toContain('wrong-one')
  })

  test('passes on what the API says of an unknown task', async () => {
    const url = await refusing(404, 'TSK10001', 'Task 7 does not exist.')
    const { code, stderr } = await obflow(['watch', '7'], { OBFLOW_PASSWORD: 'x', OBFLOW_URL: url })
    expect(code).toBe(1)
    expect(stderr).toBe('The API says: Task 7 does not exist. (TSK10001)\n')
  })
})
