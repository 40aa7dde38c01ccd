import { expect, test } from 'vitest'
import { ciphersFirst } from '../../src/host/ciphers.ts'

test.each([
  ['x86 with AES', 'flags\t\t: fpu vme aes avx\n', []],
  ['ARM with AES', 'Features\t: fp asimd aes pmull\n', []],
  ['ARM without AES', 'Features\t: fp asimd crc32\n', ['chacha20-poly1305@openssh.com']],
  ['a machine that does not say', undefined, []],
])('the cipher that is asked for first on %s', (_, cpuinfo, first) => {
  expect(ciphersFirst(cpuinfo)).toEqual(first)
})
