import { defineConfig } from 'vitest/config'

// One project a kind of test: the fast ones run side by side, those that boot hosts one file after the other.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: ['test/lab/**'] } },
      { extends: true, test: { name: 'lab', include: ['test/lab/**/*.test.ts'], fileParallelism: false, testTimeout: 180_000 } },
    ],
  },
})
