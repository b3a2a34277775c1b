import { afterEach, describe, expect, test, vi } from 'vitest'
import { createRemoval } from '../../../src/session/stored/removal.ts'
import { alice } from '../../support/alice.ts'

afterEach(() => void vi.useRealTimers())

/** Removal over a Redis that holds one session. `away` are the parts that Redis does not confirm. */
function open({ away = [], isCounting = true }: { away?: string[]; isCounting?: boolean } = {}) {
  const sessions = new Set(['session:one'])
  const removed: string[] = []
  const remove = async (what: string) => {
    if (away.includes(what)) throw new Error('Connection is closed.')
    removed.push(what)
  }
  const removal = createRemoval({
    client: {
      del: async ([key = '']: string[]) => {
        await remove(key)
        return Number(sessions.delete(key))
      },
    } as never,
    keyOf: id => `session:${id}`,
    registry: { remove: ({ name }: { name: string }, id: string) => remove(`place of ${name}: ${id}`) } as never,
    vault: { forget: (id: string) => remove(`tokens: ${id}`) } as never,
    census: { gone: (id: string) => void removed.push(`count: ${id}`) },
    gateCensus: isCounting
      ? ({ gone: (id: string) => void removed.push(`count at gates: ${id}`) } as never)
      : undefined,
  })
  return { removal, removed, sessions, away }
}
const whole = ['session:one', 'count: one', 'count at gates: one', 'tokens: one', 'place of Alice Lindqvist: one']

describe('a session that is discarded', () => {
  test('goes with its tokens and its places, itself first', async () => {
    const { removal, removed } = open()
    await removal.discard('one', alice)
    expect(removed).toEqual(whole)
  })

  test('of nobody has no place in the registry', async () => {
    const { removal, removed } = open()
    await removal.discard('one', undefined)
    expect(removed).toEqual(['session:one', 'count: one', 'count at gates: one', 'tokens: one'])
  })

  test('is discarded also where no census of gates is taken', async () => {
    const { removal, removed } = open({ isCounting: false })
    await removal.discard('one', alice)
    expect(removed).toEqual(['session:one', 'count: one', 'tokens: one', 'place of Alice Lindqvist: one'])
  })

  test('says that Redis is away', async () => {
    const { removal } = open({ away: ['session:one'] })
    await expect(removal.discard('one', alice)).rejects.toMatchObject({ code: 'redis-away' })
  })

  test.each(['tokens: one', 'place of Alice Lindqvist: one'])('says that Redis did not confirm the %s', async part => {
    await expect(open({ away: [part] }).removal.discard('one', alice)).rejects.toThrow('closed')
  })
})

describe('a session that is ended', () => {
  test('goes with its tokens and its places, itself first', async () => {
    const { removal, removed } = open()
    await removal.destroy('one', alice)
    expect(removed).toEqual(whole)
  })

  test('ends for one of several requests', async () => {
    const { removal } = open()
    expect(await Promise.all([removal.destroy('one', alice), removal.destroy('one', alice)])).toEqual([true, false])
  })

  test('that is still being born keeps what belongs to it', async () => {
    const { removal, removed } = open()
    await removal.destroy('being born', alice)
    expect(removed).toEqual(['session:being born'])
  })

  test('says that Redis is away', async () => {
    const { removal } = open({ away: ['session:one'] })
    await expect(removal.destroy('one', alice)).rejects.toMatchObject({ code: 'redis-away' })
  })

  test.each(['tokens: one', 'place of Alice Lindqvist: one'])('has ended, though the %s stayed', async part => {
    expect(await open({ away: [part] }).removal.destroy('one', alice)).toBe(true)
  })

  test.each([
    [1_999, 1],
    [2_000, 2],
    [9_999, 2],
    [10_000, 3],
    [59_999, 3],
    [60_000, 4],
    [600_000, 4],
  ])('is removed within %i ms %i times, in case that a fail-over brings it back', async (ms, times) => {
    vi.useFakeTimers()
    const { removal, removed } = open()
    await removal.destroy('one', alice)
    await vi.advanceTimersByTimeAsync(ms)
    expect(removed.filter(what => what === 'session:one')).toHaveLength(times)
  })

  test('is removed again whole, when a fail-over brought it back', async () => {
    vi.useFakeTimers()
    const { removal, removed, sessions } = open()
    await removal.destroy('one', alice)
    sessions.add('session:one')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(removed).toEqual([...whole, ...whole])
  })

  test('that was none is not removed again', async () => {
    vi.useFakeTimers()
    await open().removal.destroy('another', alice)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is left at a later time, when Redis is away for a while', async () => {
    vi.useFakeTimers()
    const { removal, removed, away } = open()
    await removal.destroy('one', alice)
    away.push('session:one')
    await vi.advanceTimersByTimeAsync(2_000)
    away.pop()
    await vi.advanceTimersByTimeAsync(8_000)
    expect(removed).toEqual([...whole, ...whole])
  })
})
