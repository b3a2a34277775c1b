import { afterEach, expect, test, vi } from 'vitest'
import { createTurns } from '../../../src/gate/asking/turns.ts'

afterEach(() => void vi.useRealTimers())

const limits = { atOnce: 2, waiting: 2, longestWaitMs: 1_000 }

/** Works that end when they are told to, and the order in which they began. */
function works(turns = createTurns(limits)) {
  const begun: number[] = []
  const ends: (() => void)[] = []
  return {
    begun,
    begin: (number: number) =>
      turns(async () => {
        begun.push(number)
        await new Promise<void>(resolve => ends.push(resolve))
        return number
      }),
    end: () => ends.shift()?.(),
  }
}

test('so many go on at once, others wait in their order, and whoever comes after that gets no turn', async () => {
  const { begun, begin, end } = works()
  const all = [1, 2, 3, 4, 5].map(begin)
  expect(await all[4]).toBe('no-turn')
  expect(begun).toEqual([1, 2])
  end()
  await expect.poll(() => begun).toEqual([1, 2, 3])
  end()
  await expect.poll(() => begun).toEqual([1, 2, 3, 4])
  end()
  end()
  expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 'no-turn'])
})

test('whoever has waited for too long gets no turn, and takes none from others', async () => {
  const { begun, begin, end } = works(createTurns({ ...limits, longestWaitMs: 50 }))
  const first = [1, 2].map(begin)
  expect(await begin(3)).toBe('no-turn')
  end()
  end()
  await Promise.all(first)
  const later = begin(4)
  await expect.poll(() => begun).toEqual([1, 2, 4])
  end()
  expect(await later).toBe(4)
})

test('work that fails gives its place back', async () => {
  const turns = createTurns({ ...limits, atOnce: 1 })
  for (let times = 0; times < 3; times++)
    await expect(turns(() => Promise.reject(new Error('Redis went away')))).rejects.toThrow('went away')
  expect(await turns(async () => 'done')).toBe('done')
})

test('a turn that came leaves no timer behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { begin, end } = works(createTurns({ ...limits, atOnce: 1 }))
  const first = begin(1)
  const second = begin(2)
  expect(vi.getTimerCount()).toBe(1)
  await Promise.resolve()
  end()
  await first
  expect(vi.getTimerCount()).toBe(0)
  end()
  expect(await second).toBe(2)
})
