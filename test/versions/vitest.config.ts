import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `make versions`: whole lives of clusters with every set of packages, one after the other. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'versions',
    globalSetup: 'test/support/setup.ts',
    include: ['test/versions/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
})
