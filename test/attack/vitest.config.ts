import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `make attack`: strangers at every door of `make serve`, in front of a cluster that runs. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'attack',
    include: ['test/attack/**/*.test.ts'],
    globalSetup: 'test/support/setup.ts',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 400_000,
  },
})
