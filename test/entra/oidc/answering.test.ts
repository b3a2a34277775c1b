import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pageWaitMs } from '../../../src/clock.ts'
import { createAnswering } from '../../../src/entra/oidc/answering.ts'
import { Problem } from '../../../src/errors.ts'

/** What the observer of one call hears, and how the call ends for its caller. */
async function called(work: () => Promise<string>) {
  const heard: unknown[] = []
  // The process has run for a while.
  vi.advanceTimersByTime(60_000)
  const answered = createAnswering((...all) => heard.push(all))
  const ended = await answered('refresh', work).then(
    value => ({ value }),
    (thrown: unknown) => ({ thrown }),
  )
  return { heard, ...ended }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const afterMs = (ms: number) => new Promise<string>(resolve => setTimeout(resolve, ms, 'late'))
async function calledFor(ms: number) {
  const call = called(() => afterMs(ms))
  await vi.advanceTimersByTimeAsync(ms)
  return call
}

describe('an answer of Entra', () => {
  test('is handed on', async () => {
    expect(await called(async () => 'the answer')).toMatchObject({ value: 'the answer' })
  })
  test('is counted as one that came', async () => {
    expect((await called(async () => 'the answer')).heard).toEqual([['refresh', 'ok', 0]])
  })
  test('is counted with the seconds that it took', async () => {
    expect((await calledFor(2_000)).heard).toEqual([['refresh', 'ok', 2]])
  })
})

describe('a fault of Entra', () => {
  const silent = () => Promise.reject(Object.assign(new Error(), { code: 'OAUTH_TIMEOUT' }))
  test('reaches its caller as a Problem', async () => {
    expect(await called(silent)).toMatchObject({ thrown: new Problem('entra-unreachable') })
  })
  test('is counted by the code of its Problem', async () => {
    expect((await called(silent)).heard).toEqual([['refresh', 'entra-unreachable', 0]])
  })
})

describe('an answer that comes later than a page may wait', () => {
  test('is not waited for', async () => {
    expect(await calledFor(pageWaitMs + 1)).toMatchObject({
      thrown: { code: 'entra-unreachable', cause: { name: 'NoAnswer', message: 'too slow' } },
    })
  })
  test('is counted with the seconds that somebody waited', async () => {
    expect((await calledFor(pageWaitMs + 1)).heard).toEqual([['refresh', 'entra-unreachable', pageWaitMs / 1000]])
  })
})
