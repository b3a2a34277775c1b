import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pageWaitMs } from '../../../src/clock.ts'
import { inRefreshTurn } from '../../../src/gate/asking/refresh-turn.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** The turns of a session: `held` says whether the next one is ours, `found` what another made meanwhile. */
function turns({ held = (): boolean => true, found = (): string | undefined => undefined }) {
  const asked: unknown[][] = []
  const hold = async <T>(name: string, lifeMs: number, work: () => Promise<T>) => {
    asked.push([name, lifeMs])
    return held() ? ({ held: true, value: await work() } as const) : ({ held: false } as const)
  }
  const refresh = vi.fn(async () => 'made')
  return { asked, refresh, made: () => inRefreshTurn('ana', { leases: { hold }, look: async () => found(), refresh }) }
}

test('what is there already needs no turn', async () => {
  const { made, asked } = turns({ found: () => 'found' })
  expect(await made()).toBe('found')
  expect(asked).toEqual([])
})

test('a session is refreshed in its own turn', async () => {
  const { made, asked } = turns({})
  expect(await made()).toBe('made')
  expect(asked).toEqual([['refresh:ana', 3_000]])
})

test('what another replica makes while this one waits is used', async () => {
  let looks = 0
  const { made, refresh } = turns({ held: () => false, found: () => (++looks === 2 ? 'found' : undefined) })
  expect(await made()).toBe('found')
  expect(refresh).not.toHaveBeenCalled()
})

test('a replica whose turn comes later refreshes then', async () => {
  let tries = 0
  expect(await turns({ held: () => ++tries === 2 }).made()).toBe('made')
})

test('a replica that waits for its turn lets other work go on', async () => {
  let isFree = false
  setImmediate(() => {
    isFree = true
  })
  expect(await turns({ held: () => isFree }).made()).toBe('made')
})

test('a turn that does not come while a page waits is waited for no longer', async () => {
  const passes = () => {
    vi.advanceTimersByTime(pageWaitMs / 2)
    return false
  }
  const { made, asked } = turns({ held: passes })
  expect(await made()).toBeUndefined()
  expect(asked).toHaveLength(2)
})
