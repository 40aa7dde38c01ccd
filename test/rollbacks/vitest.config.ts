import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `make rollbacks`: a create fails before and after every node in turn, and is rolled back. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'rollbacks',
    globalSetup: 'test/support/setup.ts',
    include: ['test/rollbacks/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
