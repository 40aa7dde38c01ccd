import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `make readme`: README.md's commands as they stand there, in its order. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'readme',
    include: ['test/readme/walk.test.ts'],
    // Each command needs what those before it made.
    bail: 1,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
})
