import { expect, it } from 'vitest'
import { consoleAddress } from '../../src/api/console/address.ts'

it.each([
  ['127.0.0.1', 8080, undefined, 'http://127.0.0.1:8080'],
  ['::1', 8080, undefined, 'http://[::1]:8080'],
  ['0.0.0.0', 8080, 'https://obflow.example', 'https://obflow.example'],
  ['0.0.0.0', 8080, undefined, undefined],
  ['::', 8080, undefined, undefined],
  ['127.0.0.1', 0, undefined, undefined],
])(
  'an API that listens on %s, port %i, with the public URL %s is found at %s',
  (host, port, publicUrl, url) => {
    expect(consoleAddress({ listen: { host, port }, publicUrl })).toBe(url)
  },
)
