import { hash } from 'node:crypto'
import { aroundAll, expect, vi } from 'vitest'
import { removeGatesFiles } from './gates-file.ts'

/** What would change how other code runs, where a test leaves it changed. */
const surroundings = () => ({
  isTimeFaked: vi.isFakeTimers(),
  functions: [fetch, Date, setTimeout, setInterval, setImmediate, performance.now, Math.random],
  stackTraceLimit: Error.stackTraceLimit,
  // A digest: what stands there is not for the log.
  environment: hash('sha256', JSON.stringify(process.env)),
  folder: process.cwd(),
  listeners: ['uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM'].map(name => process.listenerCount(name)),
})

// One process runs many files of tests, one after the other. This looks after a file's fixtures have been closed, too.
aroundAll(async runFile => {
  const before = surroundings()
  await runFile()
  removeGatesFiles()
  expect(surroundings()).toEqual(before)
})
