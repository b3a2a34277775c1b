import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/machine.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: a browser, a provider and Redis run beside each worker.
    maxWorkers: 2,
  },
})
