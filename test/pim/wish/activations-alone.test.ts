import { describe, expect, test } from 'vitest'
import { type Activation, activationShape } from '../../../src/pim/wish/activation.ts'
import { createActivations } from '../../../src/pim/wish/activations.ts'
import { noteOf } from '../../../src/session/replicas/notes.ts'
import { inMemory } from '../../gate/property/in-memory.ts'
import { ben, start, who } from '../bens.ts'

const hour = 3_600_000
const wish = { kind: 'turn-on', wish: { reason: 'Refund 8841', minutes: 60 }, returnTo: '/' } as const
const extension = { ...wish, kind: 'extend' } as const
const accepted = { stage: 'accepted', acceptedAt: start } as const

function opened() {
  let now = start
  const notes = inMemory()
  const lives: number[] = []
  const activations = createActivations({
    notes: {
      read: notes.read,
      change: (name, edit, lifeMs) => {
        lives.push(lifeMs)
        return notes.change(name, edit, lifeMs)
      },
    },
    clock: () => new Date(now),
  })
  const pass = (ms: number) => {
    now += ms
  }
  const isTaken = async (more: Parameters<typeof activations.begin>[1]) =>
    (await activations.begin(who, more)) !== undefined
  return { ...activations, notes, lives, pass, isTaken }
}

describe('a wish', () => {
  test('begins as one that is kept and was never sent', async () => {
    const { begin, read } = opened()
    const begun = await begin(who, wish)
    const id = expect.stringMatching(/^[\w-]{22}$/)
    expect(begun).toEqual({ ...wish, id, stage: 'kept', challenges: 0, keptAt: start })
    expect(await read(who)).toEqual(begun)
  })
  test('begins in the stage, and with the facts, that are known', async () => {
    const begun = await opened().begin(who, { ...wish, stage: 'over', challenges: 1, claims: '{}' })
    expect(begun).toMatchObject({ stage: 'over', challenges: 1, claims: '{}' })
  })
  test('has an id of its own', async () => {
    const { begin } = opened()
    const [one, other] = [await begin(who, wish), await begin(who, wish)]
    expect(one?.id).not.toBe(other?.id)
  })
  test('of one person is none of another', async () => {
    const { begin, read } = opened()
    await begin(who, wish)
    expect(await read({ ...who, identity: { ...ben, objectId: 'lena' } })).toBeUndefined()
  })
  test('is kept in a note of its own, beside other notes of the person', async () => {
    const { begin, notes } = opened()
    await begin(who, wish)
    expect(await notes.read(noteOf('activation', ben))).toBeDefined()
  })
  test('is kept for two hours longer than an approval may take, from its last change on', async () => {
    const { begin, change, lives } = opened()
    const begun = await begin(who, wish)
    await change(who, begun?.id ?? '', found => found)
    expect(lives).toEqual([26 * hour, 26 * hour])
  })
  test('that this release cannot read counts as none', async () => {
    const { notes, read, isTaken } = opened()
    await notes.change(noteOf('activation', ben), () => JSON.stringify({ ...wish, stage: 'dreaming' }), hour)
    expect(await read(who)).toBeUndefined()
    expect(await isTaken(wish)).toBe(true)
  })
})

describe('a change of a wish', () => {
  const over = (found: Activation): Activation => ({ ...found, stage: 'over' })
  test('is written down and handed back', async () => {
    const { begin, change, read } = opened()
    const begun = await begin(who, wish)
    const changed = await change(who, begun?.id ?? '', over)
    expect(changed).toEqual({ ...begun, stage: 'over' })
    expect(await read(who)).toEqual(changed)
  })
  test('is none where the person has another wish by now', async () => {
    const { begin, change, read } = opened()
    const begun = await begin(who, wish)
    expect(await change(who, 'another', over)).toBeUndefined()
    expect(await read(who)).toEqual(begun)
  })
  test('is none where there is no wish', async () => {
    expect(await opened().change(who, 'another', over)).toBeUndefined()
  })
  test('is none where nobody wants one', async () => {
    const { begin, change } = opened()
    const begun = await begin(who, wish)
    expect(await change(who, begun?.id ?? '', () => undefined)).toBeUndefined()
  })
  test('is none where it was not written', async () => {
    const found = activationShape.parse({ ...wish, id: 'a', stage: 'kept', keptAt: start })
    const notes = {
      read: async () => undefined,
      async change(_name: string, edit: (text: string | undefined) => unknown) {
        edit(JSON.stringify(found))
        return false
      },
    }
    const { change, begin } = createActivations({ notes, clock: () => new Date(start) })
    expect(await change(who, 'a', over)).toBeUndefined()
    expect(await begin(who, wish)).toBeUndefined()
  })
})

describe('a wish to turn on', () => {
  test.each(['asking', 'waiting'] as const)('waits for one that is %s', async stage => {
    const { begin, isTaken } = opened()
    await begin(who, { ...wish, stage })
    expect([await isTaken(wish), await isTaken(extension)]).toEqual([false, false])
  })
  test('waits for one that was accepted', async () => {
    const { begin, isTaken } = opened()
    await begin(who, { ...wish, ...accepted })
    expect(await isTaken(wish)).toBe(false)
  })
  test.each(['kept', 'in', 'over'] as const)('takes the place of one that is %s', async stage => {
    const { begin, isTaken } = opened()
    await begin(who, { ...wish, stage })
    expect(await isTaken(wish)).toBe(true)
  })
  test('takes the place of one whose time is up', async () => {
    const { begin, isTaken, pass } = opened()
    await begin(who, { ...wish, ...accepted })
    pass(hour)
    expect(await isTaken(wish)).toBe(true)
  })
  test('may begin while an extension is to come', async () => {
    const { begin, isTaken } = opened()
    await begin(who, { ...extension, ...accepted, startsAt: start + hour })
    expect(await isTaken(wish)).toBe(true)
  })
})

describe('an extension', () => {
  test('may be asked for while the first period runs', async () => {
    const { begin, isTaken } = opened()
    await begin(who, { ...wish, ...accepted })
    expect(await isTaken(extension)).toBe(true)
  })
  test('waits for one that is to come, until that has begun', async () => {
    const { begin, isTaken, pass } = opened()
    await begin(who, { ...extension, ...accepted, startsAt: start + 1 })
    expect(await isTaken(extension)).toBe(false)
    pass(1)
    expect(await isTaken(extension)).toBe(true)
  })
  test('waits for none whose beginning nobody wrote down', async () => {
    const { begin, isTaken } = opened()
    await begin(who, { ...extension, ...accepted })
    expect(await isTaken(extension)).toBe(true)
  })
})
