import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `make former`: what the product of an earlier commit does on today's lab. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'former',
    include: ['test/former/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
})
