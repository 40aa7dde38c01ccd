import { expect, test } from 'vitest'
import { until } from '../../../src/activities/until.ts'
import { DefiniteError, TransientError } from '../../../src/errors/failure.ts'
import { asIs } from '../../../src/errors/say.ts'

const watcher = (signal: AbortSignal = new AbortController().signal) => {
  const lines: string[] = []
  return {
    lines,
    signal,
    log: (_level: string, message: string) => lines.push(message),
    progress: () => undefined,
  }
}

test('looks again until the answer is there', async () => {
  let looks = 0
  const answer = await until(asIs('the third look'), watcher(), async () =>
    ++looks < 3 ? { waiting: asIs('too early') } : { ready: looks },
  )
  expect(answer).toBe(3)
})

test('transient trouble while looking is a reason to wait, logged once', async () => {
  const node = watcher()
  let looks = 0
  await until(asIs('an observer'), node, async () => {
    if (++looks < 3) throw new TransientError(asIs('connection refused'))
    return { ready: true }
  })
  expect(node.lines).toEqual(['Waiting for an observer: connection refused'])
})

test('a definite failure ends the wait at once', async () => {
  const dead = new DefiniteError({ code: 'OBE19006', message: asIs('the process died') })
  await expect(until(asIs('an observer'), watcher(), () => Promise.reject(dead))).rejects.toBe(dead)
})

test('when the time is up the error names the reason last seen', async () => {
  const time = new AbortController()
  const waiting = until(asIs('an observer'), watcher(time.signal), async () => {
    time.abort()
    return { waiting: asIs('Server is initializing') }
  })
  await expect(waiting).rejects.toThrow(
    'Gave up waiting for an observer; last seen: Server is initializing',
  )
  await expect(waiting).rejects.toBeInstanceOf(TransientError)
})

test('a look that the end of the time cut short does not hide the reason seen before', async () => {
  const time = new AbortController()
  let looks = 0
  const waiting = until(asIs('an observer'), watcher(time.signal), async () => {
    if (++looks === 1) return { waiting: asIs('Server is initializing') }
    time.abort()
    throw new Error('This operation was aborted')
  })
  await expect(waiting).rejects.toThrow('last seen: Server is initializing')
})
