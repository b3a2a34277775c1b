import { describe, expect, test } from 'vitest'
import { createOpenActs } from '../../../src/pim/acts/open-acts.ts'
import { noteOf } from '../../../src/session/replicas/notes.ts'
import { inMemory } from '../../gate/property/in-memory.ts'
import { ben, start, who } from '../bens.ts'

function opened() {
  let now = start
  const notes = inMemory()
  const openActs = createOpenActs({ notes, clock: () => new Date(now) })
  const names = async () => (await openActs.all(who)).map(({ act }) => act)
  const pass = (ms: number) => {
    now += ms
  }
  return { ...openActs, names, notes, pass }
}
const ending = { act: 'one', kind: 'ending' } as const
const cancellation = { act: 'one', kind: 'cancellation', request: 'r-1' } as const

describe('an act', () => {
  test('is open from the moment at which it is sent', async () => {
    const acts = opened()
    const begun = { ...cancellation, askedAt: start, sentAt: start }
    expect(await acts.begin(who, cancellation)).toEqual(begun)
    expect(await acts.all(who)).toEqual([begun])
  })
  test('that is sent again stays the same act', async () => {
    const acts = opened()
    await acts.begin(who, cancellation)
    acts.pass(5)
    const again = { ...cancellation, askedAt: start, sentAt: start + 5 }
    expect(await acts.begin(who, { ...cancellation, act: 'two' })).toEqual(again)
    expect(await acts.all(who)).toEqual([again])
  })
  test.each([
    ['another request', { ...cancellation, request: 'r-2' }],
    ['another kind', { ...cancellation, kind: 'denial' as const }],
  ])('about %s is another act', async (_what, other) => {
    const acts = opened()
    await acts.begin(who, cancellation)
    await acts.begin(who, { ...other, act: 'two' })
    expect(await acts.names()).toEqual(['two', 'one'])
  })
  test('that ends access is the same act by whichever request it is under way', async () => {
    const acts = opened()
    await acts.begin(who, ending)
    await acts.note(who, 'one', 'r-2')
    await acts.begin(who, { ...ending, act: 'two' })
    expect(await acts.names()).toEqual(['one'])
  })
  test('is noted with its request, and others are not', async () => {
    const acts = opened()
    await acts.begin(who, ending)
    await acts.begin(who, { ...cancellation, act: 'two' })
    expect(await acts.note(who, 'one', 'r-2')).toBe(true)
    expect((await acts.all(who)).map(({ request }) => request)).toEqual(['r-1', 'r-2'])
  })
  test('is forgotten once it is closed, and others are not', async () => {
    const acts = opened()
    await acts.begin(who, ending)
    await acts.begin(who, { ...cancellation, act: 'two' })
    await acts.close(who, 'one')
    expect(await acts.names()).toEqual(['two'])
  })
  test('of another person is none of theirs', async () => {
    const acts = opened()
    await acts.begin(who, ending)
    expect(await acts.all({ ...who, identity: { ...ben, objectId: 'lena' } })).toEqual([])
  })
})

describe('the note of open acts', () => {
  const name = noteOf('open-acts', ben)
  test('goes with the last of them', async () => {
    const acts = opened()
    await acts.begin(who, ending)
    expect(await acts.notes.read(name)).toBeDefined()
    await acts.close(who, 'one')
    expect(await acts.notes.read(name)).toBeUndefined()
  })
  test('is not written where there was none', async () => {
    expect(await opened().close(who, 'one')).toBe(false)
  })
  test('has the newest twenty', async () => {
    const acts = opened()
    for (let count = 0; count <= 20; count++)
      await acts.begin(who, { ...cancellation, act: `${count}`, request: `${count}` })
    expect(await acts.names()).toEqual(Array.from({ length: 20 }, (_, index) => `${20 - index}`))
  })
  test('outlives the day that an approval may take', async () => {
    const lives: number[] = []
    const change = async (_name: string, _edit: unknown, lifeMs: number) => lives.push(lifeMs) > 0
    const acts = createOpenActs({ notes: { read: async () => undefined, change }, clock: () => new Date(start) })
    await acts.begin(who, ending)
    expect(lives).toEqual([26 * 3_600_000])
  })
  test('of another release, which this one cannot read, counts as none', async () => {
    const acts = opened()
    await acts.notes.change(name, () => JSON.stringify([{ ...ending, askedAt: 'today', sentAt: start }]), 1)
    expect(await acts.all(who)).toEqual([])
  })
  test('keeps all that is known of an act', async () => {
    const acts = opened()
    const subject = { objectId: 'kim', name: 'Kim', username: 'kim@contoso.example' }
    const about = { act: 'one', kind: 'approval', request: 'r-1', reason: 'Agreed', subject } as const
    await acts.begin(who, about)
    expect(await acts.all(who)).toEqual([{ ...about, askedAt: start, sentAt: start }])
  })
})
