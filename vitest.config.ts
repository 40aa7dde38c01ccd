import { defineConfig } from 'vitest/config'

const alone = 'test/lab/slowDisk.test.ts'

// One project a kind of test, one project after the other. Two files at a time where no hosts are booted.
export default defineConfig({
  test: {
    maxWorkers: 2,
    globalSetup: 'test/support/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**', 'test/grown/**'],
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
          exclude: [alone],
          testTimeout: 180_000,
          // Two at a time are quicker by a quarter, and load two cores and one disk so that nodes fail of it now and then.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'lab alone', include: [alone], testTimeout: 180_000, sequence: { groupOrder: 2 } } },
    ],
  },
})
