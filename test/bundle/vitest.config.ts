import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `make bundle`: what it made is unpacked and started without a network. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'bundle',
    include: ['test/bundle/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
