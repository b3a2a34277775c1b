import { expect, test } from 'vitest'
import { waitAtMost } from '../src/patience.ts'

const never = new Promise<string>(() => {})
const after = (ms: number, result: string) => new Promise<string>(resolve => setTimeout(resolve, ms, result))

test('work that is done in time gives its own result', async () => {
  expect(await waitAtMost(1_000, after(5, 'done'), () => 'late')).toBe('done')
})

test('work that fails in time fails as it does', async () => {
  const failed = Promise.reject(new Error('no'))
  await expect(waitAtMost(1_000, failed, () => 'late')).rejects.toThrow('no')
})

test('work that takes longer gives what there is instead', async () => {
  expect(await waitAtMost(5, never, () => 'late')).toBe('late')
})

test('there can be an error instead', async () => {
  const tooSlow = () => {
    throw new Error('too slow')
  }
  await expect(waitAtMost(5, never, tooSlow)).rejects.toThrow('too slow')
})

test('no time left is no wait', async () => {
  const began = performance.now()
  expect(await waitAtMost(-3_000, never, () => 'late')).toBe('late')
  expect(performance.now() - began).toBeLessThan(1_000)
})

test('work that fails after its time disturbs nobody', async () => {
  let fail = (_error: Error) => {}
  const work = new Promise<string>((_resolve, reject) => {
    fail = reject
  })
  expect(await waitAtMost(5, work, () => 'late')).toBe('late')
  fail(new Error('nobody waits for this'))
  // An unhandled rejection would end the run.
  await after(5, '')
})

test.each([Infinity, 2 ** 31])('a wait of %s ms is no wait of none', async ms => {
  expect(await waitAtMost(ms, after(20, 'done'), () => 'late')).toBe('done')
})
