import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/**
 * `make attack`: strangers at every door, in front of a cluster that runs and while one is created.
 */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'attack',
    include: ['test/attack/**/*.test.ts'],
    globalSetup: 'test/support/setup.ts',
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 400_000,
  },
})
