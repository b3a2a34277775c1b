import { beforeEach, describe, expect, test } from 'vitest'
import { createKept, keptId } from '../../../src/gate/news/kept-subscription.ts'
import { inSeconds, now as noon } from '../memberships.ts'
import { boardInMemory } from './in-memory.ts'

const one = { id: 'one', expiresAt: inSeconds(3_600), state: 'newest', owed: 'renewal' } as const
const other = { id: 'other', expiresAt: inSeconds(60) }

let now: number
let board: ReturnType<typeof boardInMemory>
let kept: ReturnType<typeof createKept>
beforeEach(() => {
  now = noon
  board = boardInMemory()
  kept = createKept({ board, clock: () => new Date(now) })
})
const none = { kept: undefined, at: 0 }

describe('the subscription that is written down', () => {
  test('is none at first', async () => {
    expect(await kept.current()).toEqual(none)
  })

  test('is found as it was written, with since when', async () => {
    expect(await kept.post(one, none)).toBe(true)
    expect(await kept.current()).toEqual({ kept: one, at: noon })
  })

  test('stays there until it runs out', async () => {
    await kept.post(one, none)
    expect(board.news.get('subscription')?.lifeMs).toBe(3_600_000)
  })

  test('stays there for a moment where it has run out already', async () => {
    await kept.post({ ...one, expiresAt: noon - 5 }, none)
    expect(board.news.get('subscription')?.lifeMs).toBe(1)
  })

  test('takes the place of the entry that was found', async () => {
    await kept.post(one, none)
    now += 1_000
    expect(await kept.post(other, await kept.current())).toBe(true)
    expect(await kept.current()).toEqual({ kept: other, at: noon + 1_000 })
  })

  test('takes the place of no other entry', async () => {
    await kept.post(one, none)
    expect(await kept.post(other, none)).toBe(false)
    expect(await kept.current()).toMatchObject({ kept: one })
  })

  test('is dated after the entry before it, whichever clock dated that', async () => {
    await kept.post(one, none)
    now -= 5_000
    await kept.post(other, await kept.current())
    expect(await kept.current()).toEqual({ kept: other, at: noon + 1 })
  })

  test.for([
    ['that is no JSON', 'x'],
    ['without an id', JSON.stringify({ expiresAt: noon })],
    ['with an empty id', JSON.stringify({ id: '', expiresAt: noon })],
    ['without an end', JSON.stringify({ id: 'one' })],
    ['that owes what nobody knows', JSON.stringify({ ...one, owed: 'a dance' })],
  ])('cannot be read from a text %s', async ([, text = '']) => {
    board.news.set('subscription', { at: noon, text, lifeMs: 1 })
    expect(await kept.current()).toEqual({ kept: 'unreadable', at: noon })
  })

  test('cannot be read where nothing opens', async () => {
    board.news.set('subscription', { at: noon, text: undefined as never, lifeMs: 1 })
    expect(await kept.current()).toEqual({ kept: 'unreadable', at: noon })
  })

  test.for(['renewal', 'another', undefined] as const)('can be read with what it owes: %s', async owed => {
    const entry = { ...other, ...(owed && { owed }) }
    await kept.post(entry, none)
    expect(await kept.current()).toMatchObject({ kept: entry })
  })
})

test.for([
  ['one', one],
  ['unreadable', 'unreadable'],
  [undefined, undefined],
] as const)('the id of what is written down is %s', ([expected, found]) => {
  expect(keptId({ kept: found, at: noon })).toBe(expected)
})
