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
            'test/former/**',
            'test/versions/**',
            'test/rollbacks/**',
            'test/attack/**',
            'test/bundle/**',
            'test/prometheus/**',
            'test/traces/**',
            'test/readme/walk.test.ts',
          ],
          maxWorkers: 2,
          // Loaded once and not for each of a hundred files; they share nothing that they change.
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
          // Two keep two cores busy: half of that is what the hosts' kernels take. Three only wait
          // longer.
          maxWorkers: 2,
          // As above: loading obflow again for each file takes as long as booting a lab.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
