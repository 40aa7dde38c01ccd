import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/**
 * `make grown`: tests of test/lab whose scene is what docker-compose.yml starts, and those that
 * only such a stack can be shown with.
 */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'grown',
    include: ['test/grown/**/*.test.ts', 'test/lab/{create,deleteCluster,standby,obproxy}.test.ts'],
    env: { OBFLOW_STACK: 'grown' },
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
})
