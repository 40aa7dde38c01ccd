import { expect, it } from 'vitest'
import type { Shims } from './shims.ts'
import { type Sweep, sweep } from './sweep.ts'

/** A node of so many commands, on a host that is one word. */
function nodeOf(commands: number): Sweep {
  let host = 'empty'
  let armed = 0
  let killed: string | undefined
  const shims: Shims = {
    arm: async (call) => {
      armed = call
      killed = undefined
    },
    killed: async () => killed,
  }
  return {
    activity: 'makeDir',
    run: async () => {
      if (armed > 0 && armed <= commands) {
        killed = `mkdir ${armed}`
        throw new Error('it was killed')
      }
      host = 'done'
    },
    back: async () => {
      host = 'empty'
    },
    look: async () => host,
    commands: { shims },
  }
}

it('a row says that it begins, and how far it is every few points', async () => {
  const lines: string[] = []
  const row = await sweep(nodeOf(11), { every: 1, say: (line) => lines.push(line.trim()) })
  expect(row).toMatchObject({ commands: 12, well: 12, failures: [] })
  expect(lines.map((line) => line.replace(/ \(.*/, ''))).toEqual([
    'makeDir begins',
    'makeDir: 6 of 6 so far, at command 5',
    'makeDir: 11 of 11 so far, at command 10',
    'ok   makeDir: 12 of 12 end well',
  ])
})
