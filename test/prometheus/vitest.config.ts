import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `make metrics`: a real Prometheus beside a create. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'prometheus',
    globalSetup: 'test/support/setup.ts',
    include: ['test/prometheus/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
