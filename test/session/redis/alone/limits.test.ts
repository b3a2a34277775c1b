import { afterEach, describe, expect, test, vi } from 'vitest'
import { limits, retry } from '../../../../src/session/redis/limits.ts'

afterEach(() => void vi.restoreAllMocks())

test.each([
  [1, 100],
  [2, 200],
  [4, 800],
  [5, 1_000],
  [1_000_000, 1_000],
])('before attempt %i to connect a replica waits half of %i ms or more, and never more than that', (times, longest) => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  expect(retry(times)).toBe(longest / 2)
  random.mockReturnValue(1)
  expect(retry(times)).toBe(longest)
})

test('a command gives up after a second', () => {
  expect(limits()).toMatchObject({ commandTimeout: 1_000 })
})

test('a connection that is silent, or does not come about, is given up after two seconds', () => {
  expect(limits()).toMatchObject({ socketTimeout: 2_000, connectTimeout: 2_000 })
})

test('nothing queues while Redis is away, and nothing is sent twice', () => {
  expect(limits()).toMatchObject({ enableOfflineQueue: false, maxRetriesPerRequest: 0 })
})

test('connecting is tried for ever', () => {
  expect(limits().retryStrategy).toBe(retry)
})

test('the client does not tell its version, which an ACL need not allow', () => {
  expect(limits()).toMatchObject({ disableClientInfo: true })
})

describe('a connection', () => {
  const readOnly = new Error("READONLY You can't write against a read only replica.")
  const at = (ms: number) => void vi.spyOn(performance, 'now').mockReturnValue(ms)

  test('leaves an old primary that takes no writes', () => {
    at(10_000)
    expect(limits().reconnectOnError(readOnly)).toBe(true)
  })

  test.each(['OOM command not allowed', 'it is READONLY'])('stays where Redis answers %s', message => {
    at(10_000)
    expect(limits().reconnectOnError(new Error(message))).toBe(false)
  })

  test('leaves such a primary once in five seconds', () => {
    const { reconnectOnError } = limits()
    at(10_000)
    reconnectOnError(readOnly)
    at(14_999)
    expect(reconnectOnError(readOnly)).toBe(false)
    at(15_000)
    expect(reconnectOnError(readOnly)).toBe(true)
  })

  test('leaves such a primary whatever another connection did', () => {
    at(10_000)
    limits().reconnectOnError(readOnly)
    expect(limits().reconnectOnError(readOnly)).toBe(true)
  })
})
