import { defineConfig } from 'vitest/config'

// One project a kind of test. Two files at a time: creates wait for disks and observers more than they work, but a host wants its share of a core.
export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: ['test/lab/**'] } },
      { extends: true, test: { name: 'lab', include: ['test/lab/**/*.test.ts'], testTimeout: 180_000 } },
    ],
  },
})
