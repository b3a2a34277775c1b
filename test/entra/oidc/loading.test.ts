import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLoading } from '../../../src/entra/oidc/loading.ts'
import { Problem } from '../../../src/errors.ts'
import type { Log } from '../../../src/observability.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Entra's metadata that loads as `load` says, and the lines of the log. */
function loadingOf(load: () => Promise<void>) {
  const logged: Record<string, unknown>[] = []
  const write = (line: Record<string, unknown>) => void logged.push(line)
  const tries: number[] = []
  const begun = Date.now()
  const loading = createLoading({
    oidc: {
      issuer: 'https://login.example/v2.0',
      load: () => {
        tries.push(Date.now() - begun)
        return load()
      },
    },
    log: { info: write, warn: write } as unknown as Pick<Log, 'info' | 'warn'>,
  })
  return { loading, logged, tries }
}
const away = () => Promise.reject(new Problem('entra-unreachable'))
const minute = () => vi.advanceTimersByTimeAsync(60_000)

test('Entra that answers is in the log once', async () => {
  const { loading, logged } = loadingOf(async () => {})
  loading.start()
  await minute()
  expect(logged).toEqual([{ event: 'entra-ready' }])
})

test('Entra that is away is asked again at once, then ever more rarely, then every ten seconds', async () => {
  const { loading, tries } = loadingOf(away)
  loading.start()
  await minute()
  expect(tries).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 25_500, 35_500, 45_500, 55_500])
})

test('Entra that comes back is ready, and asked no more', async () => {
  let isBack = false
  const { loading, logged, tries } = loadingOf(() => (isBack ? Promise.resolve() : away()))
  loading.start()
  await vi.advanceTimersByTimeAsync(1)
  isBack = true
  await minute()
  expect(tries).toEqual([0, 500])
  expect(logged.at(-1)).toEqual({ event: 'entra-ready' })
})

test('each failure is in the log with its number and the issuer', async () => {
  const { loading, logged } = loadingOf(away)
  loading.start()
  await vi.advanceTimersByTimeAsync(1_500)
  const line = { event: 'entra-not-ready', issuer: 'https://login.example/v2.0' }
  expect(logged).toMatchObject([1, 2, 3].map(tries => ({ ...line, tries })))
})

test('an error is in the log only where it differs from the one before', async () => {
  const faults = ['entra-unreachable', 'entra-unreachable', 'unexpected', 'entra-unreachable'] as const
  let times = 0
  const { loading, logged } = loadingOf(() => Promise.reject(new Problem(faults[times++] ?? 'unexpected')))
  loading.start()
  await vi.advanceTimersByTimeAsync(3_500)
  const codes = logged.map(line => ('error' in line ? (line.error as Problem).code : 'as before'))
  expect(codes).toEqual(['entra-unreachable', 'as before', 'unexpected', 'entra-unreachable'])
})

test('a process that stops between two tries asks Entra no more', async () => {
  const { loading, tries } = loadingOf(away)
  loading.start()
  await vi.advanceTimersByTimeAsync(1)
  loading.stop()
  await minute()
  expect(tries).toEqual([0])
})

test('a process that stops during a try asks Entra no more', async () => {
  const failing = Promise.withResolvers<void>()
  const { loading, tries } = loadingOf(() => failing.promise)
  loading.start()
  loading.stop()
  failing.reject(new Problem('entra-unreachable'))
  await minute()
  expect(tries).toEqual([0])
})
