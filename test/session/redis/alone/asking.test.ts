import { expect, test } from 'vitest'
import { Problem } from '../../../../src/errors.ts'
import { ask, unlessWrongType, untilDone } from '../../../../src/session/redis/asking.ts'

test('what Redis answers is passed on', async () => {
  expect(await ask(Promise.resolve('answer'))).toBe('answer')
})

test('an error of Redis means that Redis is away, and is its cause', async () => {
  const cause = new Error('Connection is closed.')
  await expect(ask(Promise.reject(cause))).rejects.toMatchObject({ code: 'redis-away', cause })
})

test.each([new TypeError('x'), new SyntaxError('x'), new RangeError('x'), new ReferenceError('x')])(
  'Redis is not blamed for a fault of our own code: %s',
  async fault => {
    await expect(ask(Promise.reject(fault))).rejects.toBe(fault)
  },
)

test('a problem that has a code keeps it', async () => {
  const problem = new Problem('form-sent')
  await expect(ask(Promise.reject(problem))).rejects.toBe(problem)
})

test.each(['done', 0, false, null])('an attempt that comes to %j is the last', async done => {
  const results = [undefined, undefined, done]
  expect(await untilDone(async () => results.shift())).toBe(done)
  expect(results).toEqual([])
})

test('after 50 attempts nothing is tried any more: Redis counts as away', async () => {
  let tries = 0
  const never = async () => {
    tries += 1
    return undefined
  }
  await expect(untilDone(never)).rejects.toMatchObject({ code: 'redis-away' })
  expect(tries).toBe(50)
})

test('the answer about a key of the right type is passed on', async () => {
  expect(await unlessWrongType(Promise.resolve('answer'), 'instead')).toBe('answer')
})

test('a key of another type counts as what was said in its place', async () => {
  const error = new Error('WRONGTYPE Operation against a key holding the wrong kind of value')
  expect(await unlessWrongType(Promise.reject(error), 'instead')).toBe('instead')
})

test.each([new Error('OOM command not allowed'), new Error('not WRONGTYPE'), 'WRONGTYPE', undefined])(
  'any other error stays: %s',
  async error => {
    await expect(unlessWrongType(Promise.reject(error), 'instead')).rejects.toBe(error)
  },
)
