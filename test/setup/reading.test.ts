import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { GraphRefusal } from '../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../src/entra/outbound.ts'
import { createFactReading } from '../../src/setup/facts/reading.ts'
import { timeInHand } from '../azure/time-in-hand.ts'

type Answer = (path: string) => unknown

/** A reading over a Graph that answers as told, on a clock that moves only where somebody waits. */
function readingOf(answer: Answer, token: () => Promise<string> = async () => 'token') {
  const time = timeInHand()
  const asked: { path: string; at: number }[] = []
  const ask = async (path: string) => {
    asked.push({ path, at: time.passed() })
    return answer(path)
  }
  const graph = { call: ask, list: async (path: string) => (await ask(path)) as unknown[] }
  return { ...createFactReading({ graph, token, ...time }), asked, time }
}
const part = (path: string) => ({
  what: 'the thing',
  path,
  shape: z.object({ id: z.string() }),
  needs: 'Thing.Read.All',
})
const contexts = part('/identity/conditionalAccess/policies')
const throttled = (retryAfterMs?: number) => new NoAnswer('status 429', { kind: 'throttled', retryAfterMs })
const failing = (thrown: unknown) => () => {
  throw thrown
}

test('an address that several checks need is asked once', async () => {
  const { one, asked } = readingOf(() => ({ id: 'a' }))
  const found = await Promise.all([one(part('/x')), one(part('/x')), one(part('/y'))])
  expect(found).toEqual([{ value: { id: 'a' } }, { value: { id: 'a' } }, { value: { id: 'a' } }])
  expect(asked.map(({ path }) => path)).toEqual(['/x', '/y'])
})

test('Conditional Access is asked once a second, and nothing else waits for it', async () => {
  const { all, one, asked } = readingOf(path => (path === '/x' ? { id: 'a' } : []))
  await Promise.all([
    all(contexts),
    all(part('/identity/conditionalAccess/authenticationContextClassReferences')),
    all(part('/policies/authenticationStrengthPolicies')),
    one(part('/x')),
  ])
  expect(asked.filter(({ path }) => path !== '/x').map(({ at }) => at)).toEqual([0, 1, 2])
  expect(asked.find(({ path }) => path === '/x')?.at).toBe(0)
})

describe('Graph asks us to come later', () => {
  test.each([
    ['it does not say when', undefined, [0, 1, 3]],
    ['it says when', 2_000, [0, 2, 4]],
  ])('%s: it is asked again', async (_what, retryAfterMs, expected) => {
    let times = 0
    const { one, asked } = readingOf(() => {
      times += 1
      if (times < 3) throw throttled(retryAfterMs)
      return { id: 'a' }
    })
    expect(await one(part('/x'))).toEqual({ value: { id: 'a' } })
    expect(asked.map(({ at }) => at)).toEqual(expected)
  })

  test('but not for longer than 15 s in all', async () => {
    const { one, time } = readingOf(failing(throttled()))
    expect(await one(part('/x'))).toMatchObject({ unseen: 'Microsoft gave no answer about the thing: status 429.' })
    expect(time.passed()).toBeLessThanOrEqual(15)
  })

  test('and never where it asks for more time than there is', async () => {
    const { one, asked } = readingOf(failing(throttled(60_000)))
    await one(part('/x'))
    expect(asked).toHaveLength(1)
  })

  test('after 15 s nothing is asked any more', async () => {
    const { one, asked, time } = readingOf(() => ({ id: 'a' }))
    await time.sleep(15_000)
    expect(await one(part('/x'))).toMatchObject({ unseen: 'Microsoft gave no answer about the thing: no time left.' })
    expect(asked).toEqual([])
  })
})

describe('what cannot be read says why, and which permission would show it', () => {
  test.each([
    ['a refusal', new GraphRefusal('Denied', { status: 403 }), 'Microsoft does not show the thing.'],
    ['a token that is not taken', new GraphRefusal('Invalid', { status: 401 }), 'Microsoft does not show the thing.'],
    ['another refusal', new GraphRefusal('Odd', { status: 400 }), 'Microsoft refused to show the thing: Odd.'],
    ['a fault', new NoAnswer('not JSON'), 'Microsoft gave no answer about the thing: not JSON.'],
    ['a loop of pages', new GraphRefusal('paging'), 'Microsoft’s answer about the thing cannot be read.'],
  ])('%s', async (_what, thrown, unseen) => {
    const { one } = readingOf(failing(thrown))
    expect(await one(part('/x'))).toMatchObject({ unseen, remedy: expect.stringContaining('Thing.Read.All') })
  })

  test.each([
    ['null', null],
    ['a text', 'x'],
    ['another shape', { id: 1 }],
    ['a list', []],
  ])('%s', async (_what, answer) => {
    const { one } = readingOf(() => answer)
    expect(await one(part('/x'))).toMatchObject({ unseen: 'Microsoft’s answer about the thing cannot be read.' })
  })

  test('one item that cannot be read: there is no list', async () => {
    const { all } = readingOf(() => [{ id: 'a' }, { id: null }])
    expect(await all(part('/x'))).toMatchObject({ unseen: 'Microsoft’s answer about the thing cannot be read.' })
  })

  test('what does not exist is no secret', async () => {
    const { one } = readingOf(failing(new GraphRefusal('NotFound', { status: 404 })))
    expect(await one(part('/x'))).toEqual({ missing: 'The thing does not exist in this tenant.' })
  })

  test('there is no token', async () => {
    const { one, asked } = readingOf(
      () => ({ id: 'a' }),
      () => Promise.reject(new Error('nobody signed in')),
    )
    expect(await one(part('/x'))).toMatchObject({
      unseen: 'There is no token to ask Microsoft about the thing with.',
      remedy: expect.stringContaining('Thing.Read.All'),
    })
    expect(asked).toEqual([])
  })
})
