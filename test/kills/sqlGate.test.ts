import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import { expect, it, onTestFinished } from 'vitest'
import { createSqlGate } from './sqlGate.ts'

/** `SELECT 1` as a client sends it. */
const statement = Buffer.concat([Buffer.from([9, 0, 0, 0, 3]), Buffer.from('SELECT 1')])

it.each(['not sent', 'answer lost'] as const)(
  'a connection over a loopback that is cut is closed for its client too, %s',
  async (instant) => {
    const gate = await createSqlGate([], [])
    onTestFinished(() => gate[Symbol.asyncDispose]())
    const [upstream, server] = duplexPair()
    server.on('data', () => server.write('an answer'))
    const client = gate.before(upstream)
    gate.arm(1, instant, 'connection cut')
    const closed = once(client, 'close')
    client.write(statement)
    await closed
    expect(upstream.destroyed).toBe(true)
    expect(gate.disarm()).toBe('SELECT 1')
  },
)
