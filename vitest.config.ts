import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longestFirst.ts'

// One project a kind of test, one after the other.
export default defineConfig({
  test: {
    globalSetup: 'test/support/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/lab/**',
            'test/grown/**',
            'test/versions/**',
            'test/attack/**',
            'test/readme/walk.test.ts',
          ],
          // They wait for programs that they start, so three keep two cores busy.
          maxWorkers: 3,
          // Loaded once and not for each of eighty files; they share nothing that they change.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          testTimeout: 180_000,
          // A lab waits for its hosts two thirds of its time: three keep two cores busy.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
