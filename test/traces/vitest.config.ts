import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `make traces`: OpenTelemetry's collector beside a create. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'traces',
    globalSetup: 'test/support/setup.ts',
    include: ['test/traces/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
